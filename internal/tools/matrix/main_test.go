package main

import (
	"strings"
	"testing"
)

const log = `
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/one"}
{"Action":"pass","Package":"p","Test":"TestA/one"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:12: it is too old\n"}
{"Action":"output","Package":"p","Test":"TestB","Output":"--- SKIP: TestB (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestB"}
{"Action":"output","Package":"q","Test":"TestB","Output":"    c_test.go:1: it is too old\n"}
{"Action":"skip","Package":"q","Test":"TestB"}
{"Action":"skip","Package":"r"}
{"Action":"pass","Package":"p"}
`

func TestTable(t *testing.T) {
	r, err := read(strings.NewReader(strings.TrimSpace(log)))
	if err != nil {
		t.Fatal(err)
	}
	r.cli = "Terraform v1.2.3"
	var out strings.Builder
	if !table(&out, []result{r}) {
		t.Error("it is not good")
	}
	want := `command line          passed  failed skipped
Terraform v1.2.3           1       0       2

Terraform v1.2.3: 2 skipped: it is too old
  TestB
  TestB
`
	if out.String() != want {
		t.Errorf("it says\n%s\nand not\n%s", out.String(), want)
	}
}

// What failed is counted, once, and nothing is good that ran no test.
func TestBad(t *testing.T) {
	for name, c := range map[string]struct {
		log    string
		failed int
	}{
		"a test":   {`{"Action":"fail","Package":"p","Test":"TestB"}` + "\n" + `{"Action":"fail","Package":"p"}`, 1},
		"a part":   {`{"Action":"fail","Package":"p","Test":"TestB/c"}` + "\n" + `{"Action":"fail","Package":"p","Test":"TestB"}`, 1},
		"no test":  {`{"Action":"pass","Package":"p"}`, 0},
		"compiles": {`{"Action":"pass","Package":"p","Test":"TestA"}` + "\n" + `{"Action":"fail","Package":"q"}`, 1},
	} {
		r, err := read(strings.NewReader(c.log))
		if err != nil {
			t.Fatal(err)
		}
		if table(&strings.Builder{}, []result{r}) || r.failed != c.failed {
			t.Errorf("%s: it is taken for good, or not for %d: %+v", name, c.failed, r)
		}
	}
	if _, err := read(strings.NewReader("no JSON")); err == nil {
		t.Error("what is no JSON is read")
	}
}
