package tfkit

import (
	"crypto/rand"
	"strings"
	"time"
)

// MadeUpName appends 26 characters, lower-case letters and digits, the first of
// which follow the time.
func MadeUpName(prefix string) string {
	random := strings.ToLower(rand.Text())
	return prefix + time.Now().UTC().Format("20060102150405") + random[:12]
}
