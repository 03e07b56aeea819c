//go:build unix

package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// table is the table of what was tried and what came of it.
func table(all []client, local, ceph []trial) string {
	var text strings.Builder
	text.WriteString("| client | version | configured by | what was done | local Spaces | Ceph 16 |\n|---|---|---|---|---|---|\n")
	for i, c := range all {
		version, from := "", ""
		if c.from != "" {
			from = "`" + c.from + "`"
		}
		for _, trials := range [][]trial{local, ceph} {
			if trials != nil && trials[i].version != "" {
				version = minor(trials[i].version)
			}
		}
		if c.command == nil {
			fmt.Fprintf(&text, "| %s | | %s | not run: %s | | |\n", c.name, from, c.note)
			continue
		}
		fmt.Fprintf(&text, "| %s | %s | %s | %s | %s | %s |\n", c.name, version, from, strings.Join(c.steps, ", "), outcome(c, local, i), outcome(c, ceph, i))
	}
	return text.String()
}

// minor is a version without what changes with every repair of a package.
func minor(version string) string {
	return regexp.MustCompile(`^\d+(\.\d+)?`).FindString(version)
}

// outcome says which of a client's steps did not work.
func outcome(c client, trials []trial, i int) string {
	if trials == nil {
		return "not tried"
	}
	var failed []string
	for _, step := range c.steps {
		if !slices.Contains(trials[i].done, step) {
			failed = append(failed, step)
		}
	}
	switch len(failed) {
	case 0:
		return "all"
	case len(c.steps):
		return "nothing"
	}
	return "all but " + strings.Join(failed, ", ")
}

// The table lies between these lines of README.md.
const (
	tableBegins = "<!-- The table is written by: make test-clients UPDATE=-update -->\n"
	tableEnds   = "<!-- end of the table -->\n"
)

// compare wants the table to be the one in a file, or writes it there.
func compare(file, table string, update bool) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, begins := strings.Cut(string(content), tableBegins)
	inside, after, ends := strings.Cut(rest, tableEnds)
	switch {
	case !begins || !ends:
		return fmt.Errorf("%s has no place for the table, between %s and %s", file, strings.TrimSpace(tableBegins), strings.TrimSpace(tableEnds))
	case inside == table:
		return nil
	case update:
		return os.WriteFile(file, []byte(before+tableBegins+table+tableEnds+after), 0o644) //nolint:gosec // as everything in the repository
	}
	var differences strings.Builder
	theirs, ours := strings.Split(inside, "\n"), strings.Split(table, "\n")
	for i := range max(len(theirs), len(ours)) {
		if i >= len(theirs) || i >= len(ours) || theirs[i] != ours[i] {
			for sign, lines := range map[string][]string{"-": theirs, "+": ours} {
				if i < len(lines) {
					fmt.Fprintf(&differences, "%s %s\n", sign, lines[i])
				}
			}
		}
	}
	return fmt.Errorf("the table in %s (-) is not what came of it (+); if it should be, make test-clients UPDATE=-update writes it\n%s", file, &differences)
}
