package statement

import (
	"slices"
	"strings"
)

// plugin is the name by which Aurora knows authentication by IAM. Users are created with it as the Aurora User Guide
// says under "Creating a database account using IAM authentication".
const plugin = "AWSAuthenticationPlugin"

// roleVariable is the variable from which applications learn whether an Aurora instance is a reader.
const roleVariable = "innodb_read_only"

// edit replaces a part of a text.
type edit struct {
	start, end int
	with       string
}

// Rewrite is the text for a server that is no Aurora: the role that is asked for is filled in, users that IAM
// authenticates get secret's password instead, and that they require TLS is left out, because whoever rewrites demands
// it of everybody. A text with none of that is returned as it is.
func (a Analysis) Rewrite(readOnly bool, secret func(user string) string) string {
	var edits []edit
	for _, s := range a.statements {
		edits = append(edits, s.fillRole(readOnly)...)
		for _, c := range s.iamClauses() {
			edits = append(edits, edit{c.start, c.end, "IDENTIFIED BY '" + secret(c.user) + "'"})
		}
		edits = append(edits, s.dropRequirement()...)
	}
	if len(edits) == 0 {
		return a.text
	}
	slices.SortFunc(edits, func(a, b edit) int { return a.start - b.start })
	var b strings.Builder
	pos := 0
	for _, e := range edits {
		b.WriteString(a.text[pos:e.start])
		b.WriteString(e.with)
		pos = e.end
	}
	b.WriteString(a.text[pos:])
	return b.String()
}

// asksRole reports whether the variable is read.
func (s statement) asksRole() bool {
	return s.showsRole() || slices.ContainsFunc(s.tokens, s.isRole)
}

// isRole reports whether a token is the variable, with or without its scope.
func (s statement) isRole(t token) bool {
	if t.kind != variable {
		return false
	}
	name := strings.ToLower(strings.ReplaceAll(s.text[t.start:t.end], "`", ""))
	switch strings.TrimSuffix(name, roleVariable) {
	case "@@", "@@global.", "@@session.", "@@local.":
		return true
	}
	return false
}

// showsRole reports whether the statement is SHOW VARIABLES LIKE 'innodb_read_only', with or without a scope.
func (s statement) showsRole() bool {
	i := 1
	if s.is(i, "GLOBAL", "SESSION", "LOCAL") {
		i++
	}
	return s.is(0, "SHOW") && s.is(i, "VARIABLES") && s.is(i+1, "LIKE") && len(s.tokens) == i+3 &&
		strings.EqualFold(unquote(s.at(i+2)), roleVariable)
}

// fillRole replaces the variable by its value, and keeps the name that its column would have.
func (s statement) fillRole(readOnly bool) []edit {
	number, text := "0", "OFF"
	if readOnly {
		number, text = "1", "ON"
	}
	if s.showsRole() {
		with := "SELECT '" + roleVariable + "' AS Variable_name, '" + text + "' AS Value"
		return []edit{{s.tokens[0].start, s.tokens[len(s.tokens)-1].end, with}}
	}
	var edits []edit
	depth := 0
	for i, t := range s.tokens {
		switch {
		case s.is(i, "("):
			depth++
		case s.is(i, ")"):
			depth--
		case s.isRole(t):
			with := number
			column := depth == 0 && s.is(i-1, "SELECT", ",") && (i+1 == len(s.tokens) || s.is(i+1, ",", "FROM", "LIMIT"))
			if column {
				with += " AS `" + strings.ReplaceAll(s.at(i), "`", "") + "`"
			}
			edits = append(edits, edit{t.start, t.end, with})
		}
	}
	return edits
}

// managesUsers reports whether s creates, changes or drops users.
func (s statement) managesUsers() bool {
	switch {
	case s.is(0, "CREATE", "ALTER", "DROP", "RENAME"):
		return s.is(1, "USER") || s.is(1, "OR") && s.is(2, "REPLACE") && s.is(3, "USER")
	case s.is(0, "SET"):
		return s.is(1, "PASSWORD")
	case s.is(0, "GRANT"):
		return s.has(0, "IDENTIFIED")
	default:
		return false
	}
}

// iamClause is where a statement has a user authenticated by IAM.
type iamClause struct {
	user       string
	start, end int
}

// iamClauses finds IDENTIFIED WITH AWSAuthenticationPlugin [AS 'RDS'] after the users of a statement.
func (s statement) iamClauses() []iamClause {
	if !s.managesUsers() {
		return nil
	}
	var list []iamClause
	for i := range s.tokens {
		if !s.is(i, "IDENTIFIED") || !s.is(i+1, "WITH") || !strings.EqualFold(unquote(s.at(i+2)), plugin) {
			continue
		}
		last := i + 2
		if s.is(i+3, "AS", "BY") {
			last = i + 4
		}
		name := i - 1
		if s.is(i-2, "@") {
			name = i - 3
		}
		if user := unquote(s.at(name)); user != "" && last < len(s.tokens) {
			list = append(list, iamClause{user, s.tokens[i].start, s.tokens[last].end})
		}
	}
	return list
}

// dropRequirement leaves out REQUIRE SSL. A statement in which there is nothing else is replaced by one that does
// nothing.
func (s statement) dropRequirement() []edit {
	i := s.sequence("REQUIRE", "SSL")
	if i < 0 || !s.managesUsers() {
		return nil
	}
	if s.is(0, "ALTER") && i+2 == len(s.tokens) && !s.has(0, "IDENTIFIED") {
		return []edit{{s.tokens[0].start, s.tokens[i+1].end, "SET @require_ssl = 1"}}
	}
	return []edit{{s.tokens[i].start, s.tokens[i+1].end, ""}}
}

// unquote is what is between quotes. Anything else is returned as it is, and so is what has been escaped.
func unquote(s string) string {
	if len(s) < 2 || !strings.ContainsRune("'\"`", rune(s[0])) {
		return s
	}
	quote := s[:1]
	return strings.ReplaceAll(s[1:len(s)-1], quote+quote, quote)
}
