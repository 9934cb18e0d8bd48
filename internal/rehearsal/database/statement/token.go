package statement

import "strings"

// kind is what a token is.
type kind byte

const (
	word     kind = iota // a keyword, a name without quotes, or a number
	quoted               // a string, or a name in quotes
	variable             // a system variable, with its @@
	symbol               // any other character
)

// token is a piece of a text.
type token struct {
	kind       kind
	start, end int
}

// dialect is what the boundaries of tokens depend on. The zero value is what servers do by default.
type dialect struct {
	plainSingle bool // no backslash escapes in '…': sql_mode NO_BACKSLASH_ESCAPES
	plainDouble bool // none in "…": the same, or ANSI_QUOTES
	skipVersion bool // comments that begin with /*! are comments: the server is older than they say
}

// dialects are all that could matter to a text.
func dialects(text string) []dialect {
	list := []dialect{{}}
	if strings.Contains(text, `\`) {
		list = append(list, dialect{plainSingle: true}, dialect{plainDouble: true},
			dialect{plainSingle: true, plainDouble: true})
	}
	if strings.Contains(text, "/*!") || strings.Contains(text, "/*M!") {
		for _, d := range list {
			d.skipVersion = true
			list = append(list, d)
		}
	}
	return list
}

// lexer takes a text apart.
type lexer struct {
	dialect

	text     string
	pos      int
	versions int // comments that begin with /*! and are open
	tokens   []token
	complete bool // whether no string and no comment is open at the end: no server executes such a text
	doubtful bool // whether there are comments in comments, which servers do not agree upon
}

// lex takes a text apart.
func lex(text string, d dialect) *lexer {
	l := &lexer{dialect: d, text: text, tokens: make([]token, 0, len(text)/4+1), complete: true}
	for l.complete && l.pos < len(text) {
		l.complete = l.next()
	}
	return l
}

// next reads a token, a comment or white space.
func (l *lexer) next() bool {
	rest := l.text[l.pos:]
	switch c := rest[0]; {
	case c <= ' ':
		l.pos++
	case c == '#', strings.HasPrefix(rest, "--") && (len(rest) == 2 || rest[2] <= ' '):
		l.skipPast("\n")
	case strings.HasPrefix(rest, "/*"):
		return l.comment()
	case l.versions > 0 && strings.HasPrefix(rest, "*/"):
		l.versions--
		l.pos += 2
	case c == '\'':
		return l.quoted(c, !l.plainSingle)
	case c == '"':
		return l.quoted(c, !l.plainDouble)
	case c == '`':
		return l.quoted(c, false)
	case strings.HasPrefix(rest, "@@"):
		l.run(variable, 2, func(c byte) bool { return wordByte(c) || c == '.' || c == '`' })
	case wordByte(c):
		l.run(word, 1, wordByte)
	default:
		l.add(symbol, l.pos+1)
	}
	return true
}

// wordByte reports whether c can be part of a name without quotes. All bytes beyond ASCII can.
func wordByte(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// add adds a token that ends before end.
func (l *lexer) add(k kind, end int) {
	l.tokens = append(l.tokens, token{k, l.pos, end})
	l.pos = end
}

// run adds a token of at least n bytes, and of those that follow and belong.
func (l *lexer) run(k kind, n int, belongs func(byte) bool) {
	end := l.pos + n
	for end < len(l.text) && belongs(l.text[end]) {
		end++
	}
	l.add(k, end)
}

// quoted adds a token in quotes, in which the quote itself is doubled or, if escapes is set, comes after a backslash.
func (l *lexer) quoted(quote byte, escapes bool) bool {
	for i := l.pos + 1; i < len(l.text); i++ {
		switch c := l.text[i]; {
		case c == '\\' && escapes:
			i++
		case c == quote && i+1 < len(l.text) && l.text[i+1] == quote:
			i++
		case c == quote:
			l.add(quoted, i+1)
			return true
		}
	}
	return false
}

// comment skips a comment, or just its beginning if a server would execute what is in it.
func (l *lexer) comment() bool {
	rest := l.text[l.pos:]
	l.doubtful = l.doubtful || l.versions > 0
	for _, open := range []string{"/*!", "/*M!"} {
		if strings.HasPrefix(rest, open) && !l.skipVersion {
			l.versions++
			l.pos += len(open)
			l.skipVersionNumber()
			return true
		}
	}
	l.pos += 2
	return l.skipPast("*/")
}

// skipVersionNumber skips the five or six digits that may begin a comment that is executed.
func (l *lexer) skipVersionNumber() {
	digits := 0
	for digits < 6 && l.pos+digits < len(l.text) && '0' <= l.text[l.pos+digits] && l.text[l.pos+digits] <= '9' {
		digits++
	}
	if digits >= 5 {
		l.pos += digits
	}
}

// skipPast skips up to the end of a mark. Without one it skips everything, which is not ok unless the mark is a line's
// end.
func (l *lexer) skipPast(mark string) bool {
	if i := strings.Index(l.text[l.pos:], mark); i >= 0 {
		l.pos += i + len(mark)
		return true
	}
	l.pos = len(l.text)
	return mark == "\n"
}
