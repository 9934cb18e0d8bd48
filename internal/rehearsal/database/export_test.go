package database

// LeaveRoom leaves an endpoint room for n clients.
func (e *Endpoint) LeaveRoom(n int) {
	for range maxConnections - n {
		e.slots <- struct{}{}
	}
}

// IsIAM reports whether IAM authenticates a user.
func (u *Users) IsIAM(name string) bool { return u.isIAM(name) }

// UsesTables is usesTables.
var UsesTables = usesTables

// FindProgram is findProgram.
var FindProgram = findProgram
