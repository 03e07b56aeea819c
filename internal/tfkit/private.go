package tfkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Private is what the framework calls a resource's private state: values that
// go with its state, and that plans and outputs do not show. It is no place for
// secrets: it is as readable as the state.
type Private interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// WithPrivate lets whatever the context comes to use Kept and Keep. The
// operations of a ResourceSpec have it; a ModifyPlan says what its response has.
func WithPrivate(ctx context.Context, private Private) context.Context {
	return context.WithValue(ctx, privateKey{}, private)
}

type privateKey struct{}

// Kept is what the last Keep of the key has kept, in this operation or an
// earlier one; nil when there is nothing.
func Kept(ctx context.Context, key string) ([]byte, error) {
	private, err := privateOf(ctx)
	if err != nil {
		return nil, err
	}
	text, diags := private.GetKey(ctx, key)
	if diags.HasError() || len(text) == 0 {
		return nil, asError(diags)
	}
	var value []byte
	if err := json.Unmarshal(text, &value); err != nil {
		return nil, fmt.Errorf("the resource's private state has a %s that cannot be read: %w", key, err)
	}
	return value, nil
}

// Keep keeps any bytes with the state, also when the operation fails later on,
// as long as there is a state.
func Keep(ctx context.Context, key string, value []byte) error {
	private, err := privateOf(ctx)
	if err != nil {
		return err
	}
	text, err := json.Marshal(value) // the framework wants JSON; of bytes it is their base64
	if err != nil {
		return err
	}
	return asError(private.SetKey(ctx, key, text))
}

func privateOf(ctx context.Context) (Private, error) {
	private, ok := ctx.Value(privateKey{}).(Private)
	if !ok {
		return nil, errors.New("there is no private state here. This is a bug in the provider")
	}
	return private, nil
}

// Partial marks the error of an operation that did a part of its work. What it
// has put into its model is saved all the same: of a Create the plan's, of an
// Update the prior state's, so that what is left to do is planned again.
func Partial(err error) error { return &partial{err} }

type partial struct{ error }

func (p *partial) Unwrap() error { return p.error }

func isPartial(err error) bool {
	var p *partial
	return errors.As(err, &p)
}
