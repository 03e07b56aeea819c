//go:build !linux

package ceph

import "syscall"

// dieWithParent exists so that the module compiles everywhere; there are Ceph
// packages for Linux only.
func dieWithParent() *syscall.SysProcAttr { return nil }
