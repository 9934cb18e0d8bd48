package rules

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
	"github.com/warmstandby/warmstandby/internal/assembly"
)

// plaintextSecret finds secrets that anybody can read who can read the template: in the repository, in S3 and in
// CloudFormation. A secret belongs into Secrets Manager, and into a template only as a dynamic reference or as an ARN.
//
// It finds literals in properties whose name says that they hold a secret, what looks like an AWS key or a private key
// anywhere, and random text in the environment of functions.
var plaintextSecret = Rule{
	ID:      "plaintext-secret",
	Summary: "a template holds a password, a token, a key or other random text that looks like one",
	check: func(a *assembly.Assembly) []Finding {
		var findings []Finding
		for x := range each(a) {
			assembly.Walk(x.resource.Properties, func(path []string, v any) {
				text, ok := v.(string)
				if !ok {
					return
				}
				if what := secretIn(x, path, text); what != "" {
					where := strings.Join(path, ".")
					findings = append(findings, x.finding(where, "%s holds %s: keep it in Secrets Manager and refer to it there", where, what))
				}
			})
		}
		return append(findings, secretDefaults(a)...)
	},
}

// secretIn says which kind of secret text is; empty if it is none. The secret itself is never repeated.
func secretIn(x subject, path []string, text string) string {
	name := secretName(path)
	switch {
	case awsKey.MatchString(text):
		return "an AWS access key"
	case privateKey.MatchString(text):
		return "a private key"
	case name != "" && isLiteralSecret(text):
		return "a literal where its name says " + name
	case isFunctionVariable(x, path) && isRandom(text):
		return "random text that looks like a secret"
	}
	return ""
}

var (
	awsKey     = regexp.MustCompile(`\b(AKIA|ASIA)[0-9A-Z]{16}\b`)
	privateKey = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`)

	// secretWord matches a name that ends in a word for a secret, as properties (MasterUserPassword) and environment variables
	// (API_TOKEN) do. SecretArn, TokenValidity and PasswordLength end in something else.
	secretWord = regexp.MustCompile(`(?i)(password|passwd|passphrase|secret|secretstring|token|api_?key|private_?key|secret_?key|access_?key)$`)
)

// secretName is the word for a secret that the last of path ends in; empty if it ends in none, or if it is one of CDK's and
// AWS's properties that sound like secrets and hold none: the function behind a custom resource, the key under which a
// generated secret keeps the password, and the units in which Cognito counts.
func secretName(path []string) string {
	if len(path) == 0 || slices.Contains(path, "TokenValidityUnits") {
		return ""
	}
	name := path[len(path)-1]
	if name == "ServiceToken" {
		return ""
	}
	return strings.ToLower(secretWord.FindString(name))
}

// isLiteralSecret reports whether text could be a secret itself: not empty, not a dynamic reference, and not an ARN, which says
// where a secret is.
func isLiteralSecret(text string) bool {
	return text != "" && !strings.Contains(text, "{{resolve:") && !strings.HasPrefix(text, "arn:")
}

// publicVariables are environment variables of functions that hold ids which look random: those of Arpio's applications and of
// hosted zones.
var publicVariables = []string{dnsplan.EnvPlan}

// isFunctionVariable reports whether path leads to an environment variable of a function that could hold a secret.
func isFunctionVariable(x subject, path []string) bool {
	return x.resource.Type == "AWS::Lambda::Function" && len(path) == 3 && path[0] == "Environment" &&
		!slices.Contains(publicVariables, path[2])
}

// secretDefaults finds parameters that CloudFormation hides, but whose default everybody sees.
func secretDefaults(a *assembly.Assembly) []Finding {
	var findings []Finding
	for _, s := range a.Stacks {
		for _, p := range s.Template.Parameters {
			if text, ok := p.Default.(string); ok && p.NoEcho && isLiteralSecret(text) {
				findings = append(findings, Finding{
					Stack: s.DisplayName, LogicalID: p.Name, Value: "Default",
					Message: "parameter is hidden by NoEcho but its default is in the template: remove the default",
				})
			}
		}
	}
	return findings
}

var (
	// run is text without what separates words, so that names made of words fall apart.
	run    = regexp.MustCompile(`[A-Za-z0-9+/=]{20,}`)
	hexKey = regexp.MustCompile(`^[0-9a-f]{32,}$`)

	// classes are the kinds of character that a key mixes.
	classes = regexp.MustCompile(`[A-Z]+|[a-z]+|[0-9]+|[+/=]+`)
)

// isRandom reports whether text holds a run of characters that is long and mixed enough to be a key. In random letters and digits
// six of ten characters are of another kind than the one before; in names that people make of words three are.
func isRandom(text string) bool {
	if strings.HasPrefix(text, "arn:") || strings.Contains(text, "://") || strings.Contains(text, "{{resolve:") {
		return false
	}
	return slices.ContainsFunc(run.FindAllString(text, -1), func(s string) bool {
		if hexKey.MatchString(s) {
			return entropy(s) > 3
		}
		changes := len(classes.FindAllString(s, -1))
		return float64(changes) > 0.45*float64(len(s)) && entropy(s) > 3.5
	})
}

// entropy is the Shannon entropy of s in bits per character.
func entropy(s string) float64 {
	counts := make(map[byte]int)
	for i := range len(s) {
		counts[s[i]]++
	}
	var bits float64
	for _, n := range counts {
		p := float64(n) / float64(len(s))
		bits -= p * math.Log2(p)
	}
	return bits
}
