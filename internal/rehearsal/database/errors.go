package database

import (
	"fmt"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database/wire"
)

// errnoAccessDenied is MySQL's number for a failed login.
const errnoAccessDenied = 1045

// The errors that endpoints report themselves, with MySQL's numbers and words. RDS Proxy has words of its own: those
// about read/write instances are in the Aurora User Guide under "Using RDS Proxy with Aurora global databases", the
// others are what users have reported. Their numbers are not documented.
var (
	errReadOnly = &wire.Error{Number: 1290, State: "HY000",
		Message: "The MySQL server is running with the --read-only option so it cannot execute this statement"}
	errNoWriter = &wire.Error{Number: 1105, State: "HY000",
		Message: "The target group doesn't have any associated read/write instances"}
	errNoReader = &wire.Error{Number: 1105, State: "HY000",
		Message: "Target group doesnt have any associated read-only instances"}
	errNoTLS = &wire.Error{Number: 3159, State: "HY000",
		Message: "Connections using insecure transport are prohibited while --require_secure_transport=ON."}
	errProxyNoTLS     = &wire.Error{Number: 3159, State: "HY000", Message: "This RDS Proxy requires TLS connections"}
	errTooMany        = &wire.Error{Number: 1040, State: "08004", Message: "Too many connections"}
	errHandshake      = &wire.Error{Number: 1043, State: "08S01", Message: "Bad handshake"}
	errPacketTooLarge = &wire.Error{Number: 1153, State: "08S01",
		Message: "Got a packet bigger than 'max_allowed_packet' bytes"}
	errUnknownCommand = &wire.Error{Number: 1047, State: "08S01", Message: "Unknown command"}
	errNotPreparable  = &wire.Error{Number: 1295, State: "HY000",
		Message: "This command is not supported in the prepared statement protocol yet"}
	errSeveralWithUsers = &wire.Error{Number: 1235, State: "42000",
		Message: "This version of MySQL doesn't yet support 'AWSAuthenticationPlugin among several statements'"}
)

// accessDenied is why a user cannot log in from a host. It does not say whether there is such a user.
func accessDenied(user, host string, password bool) *wire.Error {
	using := "NO"
	if password {
		using = "YES"
	}
	return &wire.Error{Number: errnoAccessDenied, State: "28000",
		Message: fmt.Sprintf("Access denied for user '%s'@'%s' (using password: %s)", user, host, using)}
}
