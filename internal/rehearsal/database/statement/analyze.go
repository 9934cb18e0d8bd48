package statement

import "strings"

// Analysis is what a text asks for.
type Analysis struct {
	// Writes says that it changes data, definitions, users or locks for writing, or that it might.
	Writes bool

	// Several says that there is more than one statement.
	Several bool

	// PreparesWrite says that it gives a name to a statement that writes, or might: PREPARE.
	PreparesWrite bool

	// Executes says that it executes a statement that has been given a name: EXECUTE.
	Executes bool

	// ManagesUsers says that it creates, changes or drops users.
	ManagesUsers bool

	// AsksRole says that it reads the variable innodb_read_only, from which applications learn whether an Aurora
	// instance is a reader.
	AsksRole bool

	// IAMUsers are the names of the users that it has authenticated by IAM.
	IAMUsers []string

	text       string
	statements []statement
}

// statement is a single statement of a text.
type statement struct {
	text   string
	tokens []token
}

// Analyze tells what a text asks for.
func Analyze(text string) Analysis {
	a := Analysis{text: text}
	for i, d := range dialects(text) {
		l := lex(text, d)
		if i > 0 && !l.complete {
			continue // in this dialect, the text is refused for its syntax
		}
		a.Writes = a.Writes || l.doubtful
		statements := split(text, l.tokens)
		for _, s := range statements {
			s.classify(&a)
		}
		if i == 0 {
			a.statements, a.Several = statements, len(statements) > 1
			a.recognize()
		}
	}
	return a
}

// split cuts a text at its semicolons. Empty statements are dropped.
func split(text string, tokens []token) []statement {
	var list []statement
	for start, i := 0, 0; i <= len(tokens); i++ {
		if i < len(tokens) && text[tokens[i].start] != ';' {
			continue
		}
		if i > start {
			list = append(list, statement{text, tokens[start:i]})
		}
		start = i + 1
	}
	return list
}

// recognize fills in what does not depend on the dialect.
func (a *Analysis) recognize() {
	for _, s := range a.statements {
		a.ManagesUsers = a.ManagesUsers || s.managesUsers()
		a.AsksRole = a.AsksRole || s.asksRole()
		for _, c := range s.iamClauses() {
			a.IAMUsers = append(a.IAMUsers, c.user)
		}
	}
}

// at is the text of token i, empty if there is none.
func (s statement) at(i int) string {
	if i < 0 || i >= len(s.tokens) {
		return ""
	}
	return s.text[s.tokens[i].start:s.tokens[i].end]
}

// is reports whether token i is one of some keywords or symbols.
func (s statement) is(i int, words ...string) bool {
	if i < 0 || i >= len(s.tokens) || s.tokens[i].kind == quoted {
		return false
	}
	for _, w := range words {
		if strings.EqualFold(s.at(i), w) {
			return true
		}
	}
	return false
}

// sequence is where the first of some keywords that follow one another is, -1 if nowhere.
func (s statement) sequence(words ...string) int {
	for i := range s.tokens {
		j := 0
		for j < len(words) && s.is(i+j, words[j]) {
			j++
		}
		if j == len(words) {
			return i
		}
	}
	return -1
}

// has reports whether there is one of some keywords from token i on.
func (s statement) has(i int, words ...string) bool {
	for ; i < len(s.tokens); i++ {
		if s.is(i, words...) {
			return true
		}
	}
	return false
}

// classify adds to a what s does to data.
func (s statement) classify(a *Analysis) {
	first := 0
	for s.is(first, "(") {
		first++
	}
	switch {
	case s.is(first, "PREPARE"):
		a.PreparesWrite = a.PreparesWrite || s.preparedWrites(first)
	case s.is(first, "EXECUTE") && s.is(first+1, "IMMEDIATE"):
		a.Writes = a.Writes || s.literalWrites(first+2)
	case s.is(first, "EXECUTE"):
		a.Executes = true
	case !s.reads(first):
		a.Writes = true
	}
}

// preparedWrites reports whether PREPARE name FROM text prepares what writes.
func (s statement) preparedWrites(first int) bool {
	return !s.is(first+2, "FROM") || s.literalWrites(first+3)
}

// literalWrites reports whether the SQL text in the string at token i writes. What is in a variable might.
func (s statement) literalWrites(i int) bool {
	if i != len(s.tokens)-1 || s.tokens[i].kind != quoted || strings.Contains(s.at(i), `\`) {
		return true
	}
	a := Analyze(unquote(s.at(i)))
	return a.Writes || a.PreparesWrite || a.Executes
}

// reads reports whether a statement whose first word is token i changes nothing for sure.
func (s statement) reads(i int) bool {
	if s.sequence("FOR", "UPDATE") >= 0 {
		return false // it locks for writing, which a server that is read-only refuses, too
	}
	switch {
	case s.is(i, "SELECT", "VALUES", "TABLE", "SHOW", "HELP", "USE", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "DO",
		"KILL", "DEALLOCATE", "CHECKSUM", "UNLOCK", "FLUSH", "HANDLER", "XA"):
		return true
	case s.is(i, "START"):
		return s.is(i+1, "TRANSACTION")
	case s.is(i, "BEGIN"):
		return i+1 == len(s.tokens) || s.is(i+1, "WORK") // MariaDB has BEGIN NOT ATOMIC, a block of statements
	case s.is(i, "DESC", "DESCRIBE", "EXPLAIN"):
		return !s.has(i, "ANALYZE") || !s.has(i, "INSERT", "UPDATE", "DELETE", "REPLACE")
	case s.is(i, "SET"):
		return !s.is(i+1, "PASSWORD", "DEFAULT", "STATEMENT")
	case s.is(i, "LOCK"):
		return !s.has(i, "WRITE")
	case s.is(i, "WITH"):
		return s.commonTableReads(i)
	default:
		return false
	}
}

// commonTableReads reports whether the statement after WITH … AS (…), … reads.
func (s statement) commonTableReads(i int) bool {
	depth := 0
	for ; i < len(s.tokens); i++ {
		switch {
		case s.is(i, "("):
			depth++
		case s.is(i, ")"):
			depth--
		case depth == 0 && s.is(i, "INSERT", "UPDATE", "DELETE", "REPLACE"):
			return false
		case depth == 0 && s.is(i, "SELECT", "VALUES", "TABLE"):
			return true
		}
	}
	return false
}
