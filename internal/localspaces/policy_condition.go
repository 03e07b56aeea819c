package localspaces

import (
	"encoding/json"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// condition is one key of one operator of a Condition block. All of a block's
// must hold (IAM user guide, Condition element).
type condition struct {
	operator string // without a set prefix and IfExists
	absent   bool   // holds when the request does not have the key
	key      string // in lower case: keys have no case
	values   []string
}

// test compares what a request has with one of a condition's values.
type test func(has, value string) bool

// operators are those that are evaluated. The negative ones hold when none of the
// values fits, the others when one does.
var operators = map[string]struct {
	test test
	not  bool
}{
	"StringEquals":              {test: func(has, value string) bool { return has == value }},
	"StringNotEquals":           {test: func(has, value string) bool { return has == value }, not: true},
	"StringEqualsIgnoreCase":    {test: strings.EqualFold},
	"StringNotEqualsIgnoreCase": {test: strings.EqualFold, not: true},
	"StringLike":                {test: like},
	"StringNotLike":             {test: like, not: true},
	"NumericEquals":             {test: numeric(func(has, value float64) bool { return has == value })},
	"NumericNotEquals":          {test: numeric(func(has, value float64) bool { return has == value }), not: true},
	"NumericLessThan":           {test: numeric(func(has, value float64) bool { return has < value })},
	"NumericLessThanEquals":     {test: numeric(func(has, value float64) bool { return has <= value })},
	"NumericGreaterThan":        {test: numeric(func(has, value float64) bool { return has > value })},
	"NumericGreaterThanEquals":  {test: numeric(func(has, value float64) bool { return has >= value })},
	"Bool":                      {test: strings.EqualFold},
	"IpAddress":                 {test: inRange},
	"NotIpAddress":              {test: inRange, not: true},
}

// otherOperators are in the language too. Their keys (aws:CurrentTime,
// aws:SourceArn ...) are none of those that this server knows, so that their
// conditions never hold.
var otherOperators = []string{
	"ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike", "BinaryEquals",
	"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals",
}

func parseConditions(where string, raw json.RawMessage) ([]condition, error) {
	if raw == nil {
		return nil, nil
	}
	var block map[string]map[string]json.RawMessage
	if err := json.Unmarshal(raw, &block); err != nil {
		return nil, invalidArgument("The Condition of %s is not an object of objects.", where)
	}
	var conditions []condition
	for _, name := range slices.Sorted(maps.Keys(block)) {
		operator, absent, ok := parseOperator(name)
		if !ok {
			return nil, invalidArgument("%s has the unknown condition operator %q.", where, name)
		}
		for key, raw := range block[name] {
			values, ok := conditionValues(raw)
			if !ok {
				return nil, invalidArgument("The values of %s in %s of %s are no strings, numbers or booleans.", key, name, where)
			}
			conditions = append(conditions, condition{operator: operator, absent: absent, key: strings.ToLower(key), values: values})
		}
	}
	return conditions, nil
}

// parseOperator takes a set operator's prefix and IfExists off a name. All the keys
// known here have one value, so the set operators differ only in what becomes of a
// key that is absent: ForAllValues holds then, ForAnyValue does not.
func parseOperator(name string) (operator string, absent, ok bool) {
	operator, every := strings.CutPrefix(name, "ForAllValues:")
	operator, some := strings.CutPrefix(operator, "ForAnyValue:")
	if operator == "Null" {
		return operator, false, name == operator
	}
	operator, ifExists := strings.CutSuffix(operator, "IfExists")
	known, ok := operators[operator]
	return operator, every || ifExists || known.not && !some, ok || slices.Contains(otherOperators, operator)
}

// conditionValues reads a value or a list of them. Numbers and booleans may go
// without quotes, which Ceph 16.2.15 grants to numbers only.
func conditionValues(raw json.RawMessage) ([]string, bool) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	var values []string
	for _, item := range list {
		var value any
		if json.Unmarshal(item, &value) != nil {
			return nil, false
		}
		switch v := value.(type) {
		case string:
			values = append(values, v)
		case bool, float64:
			values = append(values, string(item))
		default:
			return nil, false
		}
	}
	return values, len(values) > 0
}

// holds evaluates the condition. One on a key that this server does not know never
// holds, with whatever operator: S3 has dozens of keys, and pretending that they
// are absent would make negative conditions true.
func (c condition) holds(a access) bool {
	has, present, known := a.conditionKey(c.key)
	if !known {
		return false
	}
	if c.operator == "Null" {
		return slices.ContainsFunc(c.values, func(value string) bool {
			return strings.EqualFold(value, strconv.FormatBool(!present))
		})
	}
	if !present {
		return c.absent
	}
	operator, ok := operators[c.operator]
	if !ok {
		return false
	}
	fits := slices.ContainsFunc(c.values, func(value string) bool { return operator.test(has, value) })
	return fits != operator.not
}

// conditionKey gives the value of a condition key in a request. A prefix that was
// given as empty is there, as the S3 user guide's policies for folders have it:
// {"StringEquals": {"s3:prefix": ["", "home/"]}}. To Ceph it is absent.
func (a access) conditionKey(key string) (value string, present, known bool) {
	switch key {
	case "aws:sourceip":
		return a.SourceIP, a.SourceIP != "", true
	case "aws:securetransport":
		return strconv.FormatBool(a.SecureTransport), true, true
	case "aws:referer":
		return a.Referer, a.Referer != "", true
	case "aws:useragent":
		return a.UserAgent, a.UserAgent != "", true
	case "s3:prefix", "s3:delimiter", "s3:max-keys":
		name := strings.TrimPrefix(key, "s3:")
		return a.Listing.Get(name), a.Listing.Has(name), true
	}
	return "", false, false
}

func like(has, pattern string) bool { return wildcard(pattern, has) }

func numeric(compare func(has, value float64) bool) test {
	return func(has, value string) bool {
		h, err1 := strconv.ParseFloat(has, 64)
		v, err2 := strconv.ParseFloat(value, 64)
		return err1 == nil && err2 == nil && compare(h, v)
	}
}

// inRange takes a range (10.0.0.0/8) or a single address.
func inRange(has, value string) bool {
	address, err := netip.ParseAddr(has)
	if err != nil {
		return false
	}
	address = address.Unmap()
	if single, err := netip.ParseAddr(value); err == nil {
		return address == single.Unmap()
	}
	network, err := netip.ParsePrefix(value)
	return err == nil && network.Contains(address)
}
