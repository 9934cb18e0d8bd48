package main

import (
	"fmt"
	"io"
	"strings"
	"text/template"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
)

// printUp says what is up.
func printUp(w io.Writer, o options, system rehearsal.System, took time.Duration) {
	a, e := system.Application(), system.Endpoints()
	fmt.Fprintf(w, "%s from %s is up, after %.1fs, with the %s database\n\n", a.Name, o.Assembly, took.Seconds(), o.Database)
	line := func(what, where string) { fmt.Fprintf(w, "  %-26s %s\n", what, where) }
	line("edge", e.Edge)
	line("API in "+a.Primary, e.API[a.Primary]+"  (active)")
	line("API in "+a.Secondary, e.API[a.Secondary]+"  (stands by)")
	line("AWS", e.AWS.Endpoint)
	line("log", system.LogFile())
	line("seed", fmt.Sprint(o.seed))
	fmt.Fprintln(w)
}

// printVerdict says in a line whether everything held.
func printVerdict(w io.Writer, held bool, logFile string) {
	if held {
		fmt.Fprintln(w, "\nHELD: everything that must hold did.")
		return
	}
	fmt.Fprintf(w, "\nFAILED: something that must hold did not. The parts' log is in %s\n", logFile)
}

// printProblems says what was refused and what was not known, if anything.
func printProblems(w io.Writer, p rehearsal.Problems) {
	if len(p.Refusals) > 0 {
		fmt.Fprintln(w, "\nRefused by policies:")
		for _, r := range p.Refusals {
			fmt.Fprintf(w, "  %v\n", r)
		}
	}
	if len(p.UnknownOperations) > 0 {
		fmt.Fprintln(w, "\nUnknown operations, which the rehearsal does not have:")
		for _, u := range p.UnknownOperations {
			fmt.Fprintf(w, "  %v\n", u)
		}
	}
}

// printEnvironment says what tools for AWS need, to be pasted into another terminal. Credentials are exported, so that commands can follow in
// any order.
func printEnvironment(w io.Writer, system rehearsal.System) {
	e := system.Endpoints().AWS
	fmt.Fprintf(w, "In another terminal:\n\nexport AWS_ENDPOINT_URL=%s AWS_DEFAULT_REGION=%s\n", quote(e.Endpoint), quote(system.Application().Primary))
	fmt.Fprintf(w, "export AWS_ACCESS_KEY_ID=%s\nexport AWS_SECRET_ACCESS_KEY=%s\n", quote(e.AccessKeyID), quote(e.SecretAccessKey))
}

// paste is what can be pasted into a shell after that.
var paste = template.Must(template.New("paste").Funcs(template.FuncMap{"quote": quote}).Parse(`aws lambda invoke --function-name {{.CreateTable}} \
    --payload '{"action": "CREATE_TABLE"}' --cli-binary-format raw-in-base64-out /dev/stdout

TOKEN=$(curl --silent --request POST {{quote .Token}} \
    --user {{quote .Client}} --data-urlencode 'grant_type=client_credentials' |
    sed -E 's/.*"access_token": *"([^"]*)".*/\1/')

curl --request POST {{quote .URL}} --header "Authorization: $TOKEN" \
    --header 'Content-Type: application/json' --data-raw '{"task": "Sample Task new", "status": "wip"}'
curl --request GET {{quote .Item}} --header "Authorization: $TOKEN"
curl --request DELETE {{quote .URL}} --header "Authorization: $TOKEN" \
    --header 'Content-Type: application/json' --data-raw '{"id": "1"}'
`))

// printPaste says what can be pasted into another terminal.
func printPaste(w io.Writer, system rehearsal.System) {
	a, e := system.Application(), system.Endpoints()
	client := e.Clients[a.Primary]
	fmt.Fprint(w, "Everything runs until Ctrl-C. ")
	printEnvironment(w, system)
	err := paste.Execute(w, map[string]any{
		"CreateTable": a.Function(a.Primary, topology.CreateTableFunction),
		"Token":       e.Token[a.Primary], "Client": client.ID + ":" + client.Secret,
		"URL": e.Edge + "/v1", "Item": e.Edge + "/v1?id=1",
	})
	if err != nil {
		fmt.Fprintf(w, "cannot print what to paste: %v\n", err)
	}
}

// quote is s as one word of a shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
