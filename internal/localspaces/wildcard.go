package localspaces

// wildcard reports whether pattern matches the whole of s. A * stands for any
// characters, slashes too, or none; a ? for one byte. Bucket policies have both
// (IAM user guide, Resource element); CORS rules have * alone, and no origin or
// header name has a ? in it.
func wildcard(pattern, s string) bool {
	star, resume := -1, 0 // the last * seen, and where s goes on after what it took
	p, i := 0, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, resume = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0: // let the * take one more byte
			resume++
			p, i = star+1, resume
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
