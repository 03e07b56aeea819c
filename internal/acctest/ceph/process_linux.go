package ceph

import "syscall"

// dieWithParent has the kernel kill a process when its parent ends, however that
// ends, and keeps the terminal's Ctrl-C, meant for the parent, away from it.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
