//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	all := []client{
		{name: "good", from: "aws_config", command: script("x"), steps: []string{"get", "put"}},
		{name: "poor", command: script("x"), steps: []string{"get", "put"}},
		{name: "none", note: "there is no package"},
	}
	whole, half := trial{"1.2.3-4", []string{"put", "get"}}, trial{"20.1", []string{"put"}}
	got := table(all, []trial{whole, half, {}}, []trial{whole, {}, {}})
	want := `| client | version | configured by | what was done | local Spaces | Ceph 16 |
|---|---|---|---|---|---|
| good | 1.2 | ` + "`aws_config`" + ` | get, put | all | all |
| poor | 20.1 |  | get, put | all but get | nothing |
| none | |  | not run: there is no package | | |
`
	if got != want {
		t.Errorf("the table is\n%s\nand wanted is\n%s", got, want)
	}
}

func TestCompare(t *testing.T) {
	file := filepath.Join(t.TempDir(), "README.md")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("# Title\n")
	if err := compare(file, "| a |\n", true); err == nil || !strings.Contains(err.Error(), "no place for the table") {
		t.Errorf("without a place for it: %v", err)
	}
	write("# Title\n" + tableBegins + "| old |\n" + tableEnds + "more\n")
	if err := compare(file, "| new |\n", false); err == nil || !strings.Contains(err.Error(), "- | old |") || !strings.Contains(err.Error(), "+ | new |") {
		t.Errorf("of another table it says: %v", err)
	}
	if err := compare(file, "| new |\n", true); err != nil {
		t.Error(err)
	}
	if err := compare(file, "| new |\n", false); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "# Title\n"+tableBegins+"| new |\n"+tableEnds+"more\n" {
		t.Errorf("written is %q (%v)", text, err)
	}
}

// What README.md has is a table of these clients, made by this code.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range clients {
		if !strings.Contains(string(text), "\n| "+c.name+" | ") {
			t.Errorf("README.md has no row for %s: run make test-clients UPDATE=-update", c.name)
		}
	}
}
