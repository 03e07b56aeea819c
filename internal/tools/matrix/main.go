// Command matrix sums up what "go test -json" wrote of the same tests on several
// command lines, one file for each and named after it: how many passed, how many
// did not, and which were skipped for what reason.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	var all []result
	for _, name := range os.Args[1:] {
		f, err := os.Open(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, "matrix:", err)
			os.Exit(1)
		}
		r, err := read(f)
		f.Close()
		if err != nil {
			fmt.Fprintf(os.Stderr, "matrix: %s: %v\n", name, err)
			os.Exit(1)
		}
		r.cli = strings.TrimSuffix(filepath.Base(name), ".json")
		all = append(all, r)
	}
	if !table(os.Stdout, all) {
		os.Exit(1)
	}
}

// result is what came of the tests on one command line.
type result struct {
	cli            string
	passed, failed int
	skipped        map[string][]string // tests by reason
}

// An event is a line of "go test -json".
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
}

// reason is what t.Skip writes, and terraform-plugin-testing of a version.
var reason = regexp.MustCompile(`^\s+\S+\.go:\d+: (.+)$`)

// test is one, or with an empty name all of a package.
type test struct{ pkg, name string }

// holds says whether another one is part of it.
func (t test) holds(other test) bool {
	return t.pkg == other.pkg && t != other && (t.name == "" || strings.HasPrefix(other.name, t.name+"/"))
}

// read sorts the tests. One that has others in it counts only when it failed
// and none of them did: a package that does not compile, for example.
func read(in io.Reader) (result, error) {
	r := result{skipped: map[string][]string{}}
	ends, said := map[test]string{}, map[test]string{}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return r, err
		}
		t := test{e.Package, e.Test}
		switch e.Action {
		case "output":
			if m := reason.FindStringSubmatch(strings.TrimRight(e.Output, "\n")); m != nil {
				said[t] = m[1]
			}
		case "pass", "fail", "skip":
			ends[t] = e.Action
		}
	}
	for t, end := range ends {
		within := map[string]bool{} // how those in it ended
		for other, end := range ends {
			if t.holds(other) {
				within[end] = true
			}
		}
		switch {
		case end == "fail" && !within["fail"]:
			r.failed++
		case len(within) > 0, t.name == "", end == "fail":
		case end == "pass":
			r.passed++
		default:
			r.skipped[said[t]] = append(r.skipped[said[t]], t.name)
		}
	}
	return r, lines.Err()
}

// table prints the results, and says whether every command line passed tests
// and failed none.
func table(out io.Writer, all []result) bool {
	good := len(all) > 0
	fmt.Fprintf(out, "%-20s %7s %7s %7s\n", "command line", "passed", "failed", "skipped")
	for _, r := range all {
		good = good && r.passed > 0 && r.failed == 0
		skipped := 0
		for _, tests := range r.skipped {
			skipped += len(tests)
		}
		fmt.Fprintf(out, "%-20s %7d %7d %7d\n", r.cli, r.passed, r.failed, skipped)
	}
	for _, r := range all {
		for _, why := range slices.Sorted(maps.Keys(r.skipped)) {
			tests := slices.Sorted(slices.Values(r.skipped[why]))
			fmt.Fprintf(out, "\n%s: %d skipped: %s\n", r.cli, len(tests), why)
			for _, name := range tests {
				fmt.Fprintf(out, "  %s\n", name)
			}
		}
	}
	return good
}
