package tfkit

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// typeName is how users know an entity.
func typeName(name string) string { return "spaces_" + name }

// report makes the one diagnostic of an error, always in the same order: what
// could not be done, to what, the error's own words, its facts, advice.
func report(diags *diag.Diagnostics, verb, name, where string, err error) {
	summary := fmt.Sprintf("Could not %s %s", verb, typeName(name))
	if where != "" {
		summary += " " + where
	}
	parts := []string{sentence(spaces.Text(err))}
	if facts := spaces.Facts(err); len(facts) > 0 {
		parts = append(parts, strings.Join(facts, "\n"))
	}
	if advice := spaces.Advice(err); advice != "" {
		parts = append(parts, advice)
	}
	diags.AddError(summary, strings.TrimSpace(strings.Join(parts, "\n\n")))
}

// refuse makes the diagnostic of what went wrong before anything was asked of Spaces.
func refuse(diags *diag.Diagnostics, summary string, err error) {
	diags.AddError(summary, sentence(spaces.Text(err)))
}

// sentence makes one of an error's text, which by Go's custom is a clause.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(first)) + text[size:]
	if last, _ := utf8.DecodeLastRuneInString(text); unicode.IsLetter(last) || unicode.IsDigit(last) || last == ')' || last == '"' {
		text += "."
	}
	return text
}

// Warn tells the user something that is no error. It can be called wherever the
// context of an operation has come.
func Warn(ctx context.Context, summary, detail string) {
	if w, ok := ctx.Value(warningsKey{}).(*warnings); ok {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.diags.AddWarning(summary, detail)
	}
}

type warningsKey struct{}

type warnings struct {
	mu    sync.Mutex
	diags diag.Diagnostics
}

// begin lets an operation Warn; finish hands over what it said.
func begin(ctx context.Context, diags *diag.Diagnostics) (_ context.Context, finish func()) {
	w := &warnings{}
	return context.WithValue(ctx, warningsKey{}, w), func() { diags.Append(w.diags...) }
}
