package database

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"sync"
)

// Users are the database users whom IAM authenticates. Users are data: clusters that replicate from one another share
// them.
//
// The servers behind have no notion of IAM. For them, such a user has a password that nobody else knows.
type Users struct {
	key []byte

	mu  sync.RWMutex
	iam map[string]struct{}
}

// NewUsers is nobody.
func NewUsers() *Users {
	return &Users{key: []byte(rand.Text()), iam: map[string]struct{}{}}
}

// isIAM reports whether IAM authenticates a user.
func (u *Users) isIAM(name string) bool {
	u.mu.RLock()
	defer u.mu.RUnlock()
	_, ok := u.iam[name]
	return ok
}

// secret is the password of a user at the server behind, should IAM authenticate them.
func (u *Users) secret(name string) string {
	mac := hmac.New(sha256.New, u.key)
	mac.Write([]byte(name))
	return hex.EncodeToString(mac.Sum(nil))
}

// names are all of them, and some more.
func (u *Users) names(more []string) []string {
	u.mu.RLock()
	defer u.mu.RUnlock()
	list := append([]string(nil), more...)
	for name := range u.iam {
		list = append(list, name)
	}
	return list
}

// set notes whether IAM authenticates a user.
func (u *Users) set(name string, iam bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if iam {
		u.iam[name] = struct{}{}
		return
	}
	delete(u.iam, name)
}
