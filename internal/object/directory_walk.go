package object

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// file is one that is to be uploaded.
type file struct {
	path string // below the directory, with slashes on every system
	name string // on this machine
}

// walk finds the files below a directory that a filter takes, in the order of
// their paths. It names all that cannot be uploaded, not just the first.
//
// A symbolic link is what it leads to, as long as that lies inside the
// directory: nothing else on the machine may get into a bucket by one.
func walk(ctx context.Context, source string, take filter) ([]file, error) {
	root, err := sourceRoot(source)
	if err != nil {
		return nil, err
	}
	w := walker{ctx: ctx, root: root, take: take}
	w.dir("", root, nil)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case len(w.wrong) > 0:
		return nil, spaces.Fail(spaces.Other, "%s of %s cannot be uploaded:\n%s\n\nPut it right, or name it in exclude.", counted(len(w.wrong), "entry", "entries"), source, firstOf(w.wrong))
	}
	slices.SortFunc(w.files, func(a, b file) int { return strings.Compare(a.path, b.path) })
	return w.files, nil
}

// sourceRoot is the directory without symbolic links.
func sourceRoot(source string) (string, error) {
	name, err := expandHome(source)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", errNothing{spaces.Fail(spaces.Other, "There is no directory %s.%s", source, relativeTo(source, "directory"))}
	case err != nil:
		return "", spaces.Fail(spaces.Other, "The directory %s cannot be read: %v.", source, reason(err))
	case !info.IsDir():
		return "", spaces.Fail(spaces.Other, "%s is a file, and source has to be a directory. To upload one file use spaces_object.", source)
	}
	if name, err = filepath.Abs(name); err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(name)
}

type walker struct {
	ctx   context.Context
	root  string
	take  filter
	files []file
	wrong []string
}

// dir walks one directory, which is found at a path below the root and really
// is elsewhere when a link leads to it. Above it are the real ones that the
// walk has come through.
func (w *walker) dir(at, real string, above []string) {
	if w.ctx.Err() != nil {
		return
	}
	entries, err := os.ReadDir(real)
	if err != nil {
		w.refuse(at+"/", "the directory cannot be read: %v", reason(err))
		return
	}
	above = append(slices.Clip(above), real)
	for _, e := range entries {
		found := path.Join(at, e.Name())
		name, mode := filepath.Join(real, e.Name()), e.Type()
		if mode&fs.ModeSymlink != 0 {
			if name, mode = w.follow(found, name); name == "" {
				continue
			}
		}
		switch {
		case mode.IsDir() && w.take.excludesAll(found):
		case mode.IsDir() && slices.Contains(above, name):
			w.refuse(found, "the symbolic link leads back to a directory that it is in")
		case mode.IsDir():
			w.dir(found, name, above)
		case !w.take.takes(found):
		case !mode.IsRegular():
			w.refuse(found, "it is no regular file but a %s", kindOfFile(mode))
		case !utf8.ValidString(found):
			w.refuse(found, "its name is not UTF-8, and keys are")
		default:
			w.files = append(w.files, file{found, name})
		}
	}
}

// follow is where a symbolic link leads; "" where it is not to be followed.
func (w *walker) follow(at, link string) (string, fs.FileMode) {
	if w.take.excludesAll(at) || w.take.excludes(at) {
		return "", 0
	}
	target, err := filepath.EvalSymlinks(link)
	if err != nil {
		if !w.take.takes(at) {
			return "", 0 // not even its name is one that is wanted
		}
		if errors.Is(err, fs.ErrNotExist) {
			w.refuse(at, "the symbolic link leads to nothing")
		} else {
			w.refuse(at, "the symbolic link cannot be followed: %v", reason(err))
		}
		return "", 0
	}
	info, err := os.Stat(target)
	if err != nil {
		w.refuse(at, "it cannot be read: %v", reason(err))
		return "", 0
	}
	if !info.IsDir() && !w.take.takes(at) {
		return "", 0
	}
	inside, err := filepath.Rel(w.root, target)
	if err != nil || inside == ".." || strings.HasPrefix(inside, ".."+string(filepath.Separator)) {
		w.refuse(at, "the symbolic link leads out of the directory, to %s", target)
		return "", 0
	}
	return target, info.Mode().Type()
}

func (w *walker) refuse(at, format string, args ...any) {
	w.wrong = append(w.wrong, fmt.Sprintf("%q: ", at)+fmt.Sprintf(format, args...))
}

// reason is an error without the path, which has been named.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func kindOfFile(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeNamedPipe != 0:
		return "pipe"
	case mode&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}

// named is how many of many a message names before it counts.
const named = 10

// firstOf is a list for a message, a line each.
func firstOf(all []string) string {
	text := "  " + strings.Join(all[:min(len(all), named)], "\n  ")
	if more := len(all) - named; more > 0 {
		text += fmt.Sprintf("\n  … and %d more", more)
	}
	return text
}

// counted is "1 file" or "1,234 files".
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return spaces.Grouped(int64(n)) + " " + many
}
