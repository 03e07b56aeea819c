// Package tfkit is how this provider meets Terraform: one lifecycle for all
// resources and one for all data sources, so that an entity is a schema and
// functions of the shape
//
//	func(ctx context.Context, cl *spaces.Clients, m *Model) error
//
// It knows of Spaces only spaces.Clients and spaces.Kind.
//
// Null, unknown and empty follow one law. Absence is null and has no other
// spelling: the constructors in attributes.go refuse "" and []. Models are
// decoded only when applying, refreshing or reading; validators and plan
// modifiers look at single attributes, for anything may be unknown then. What
// is saved holds no unknowns.
package tfkit
