//go:build unix

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// A printer writes what the demo says: plain, and on a terminal with some
// emphasis.
type printer struct {
	w    io.Writer
	fine bool
}

func newPrinter(f *os.File) printer {
	info, err := f.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	return printer{w: f, fine: terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// mark puts text between a terminal's codes for a colour.
func (p printer) mark(code, text string) string {
	if !p.fine {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p printer) heading(text string) { fmt.Fprintf(p.w, "\n%s\n", p.mark("1", text)) }

func (p printer) line(format string, args ...any) {
	fmt.Fprintf(p.w, "   %s\n", fmt.Sprintf(format, args...))
}

// text prints lines as they are, indented.
func (p printer) text(format string, args ...any) {
	for _, line := range strings.Split(strings.Trim(fmt.Sprintf(format, args...), "\n"), "\n") {
		p.line("%s", line)
	}
}

// An outputError is a failure with what the failed program said.
type outputError struct {
	error
	output string
}

// withOutput keeps what a program said with its failure.
func withOutput(err error, output string) error {
	if err == nil {
		return nil
	}
	return outputError{err, output}
}

func (p printer) failure(err error) {
	var said outputError
	if errors.As(err, &said) {
		fmt.Fprintln(p.w)
		p.text("%s", said.output)
	}
	fmt.Fprintf(p.w, "\n%s %v\n", p.mark("1;31", "FAILED:"), err)
}
