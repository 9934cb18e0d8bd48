package cognito

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"io"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

// The alphabets of IDs and secrets.
const (
	lowerAlphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789"
	upperAndLower     = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + lowerAlphanumeric
)

// keyBits is the size of Cognito's keys.
const keyBits = 2048

// keyPair is a key pair of a pool and the ID that tokens name it by.
type keyPair struct {
	id  string
	key *rsa.PrivateKey
}

// public is the public key as the pool's key set has it.
func (k *keyPair) public() jose.JSONWebKey {
	return jose.JSONWebKey{Key: &k.key.PublicKey, KeyID: k.id, Algorithm: string(jose.RS256), Use: "sig"}
}

// makeKeys gives p its keys. The one for ID tokens, which is only ever shown, is made when it is needed; its ID is made now,
// so that the IDs do not depend on who asks when.
func (p *Pool) makeKeys() error {
	var ids [2]string
	for i := range ids {
		var id [32]byte
		if _, err := io.ReadFull(p.cfg.Rand, id[:]); err != nil {
			return fmt.Errorf("read randomness: %w", err)
		}
		ids[i] = base64.StdEncoding.EncodeToString(id[:])
	}
	p.idToken = sync.OnceValues(func() (*keyPair, error) { return newKeyPair(ids[1]) })
	var err error
	if p.access, err = newKeyPair(ids[0]); err != nil {
		return err
	}
	key := jose.JSONWebKey{Key: p.access.key, KeyID: p.access.id}
	p.signer, err = jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, nil)
	return err
}

// newKeyPair makes a key pair.
func newKeyPair(id string) (*keyPair, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return &keyPair{id: id, key: key}, nil
}

// random is n characters of an alphabet.
func (p *Pool) random(alphabet string, n int) (string, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.randomLocked(alphabet, n)
}

// randomLocked is random for who holds the mutex. Bytes that would make some characters likelier than others are skipped.
func (p *Pool) randomLocked(alphabet string, n int) (string, error) {
	even := 256 - 256%len(alphabet)
	text := make([]byte, 0, n)
	for len(text) < n {
		var b [1]byte
		if _, err := io.ReadFull(p.cfg.Rand, b[:]); err != nil {
			return "", fmt.Errorf("read randomness: %w", err)
		}
		if int(b[0]) < even {
			text = append(text, alphabet[int(b[0])%len(alphabet)])
		}
	}
	return string(text), nil
}

// uuid is a random UUID, version 4.
func (p *Pool) uuid() (string, error) {
	var b [16]byte
	p.mutex.Lock()
	_, err := io.ReadFull(p.cfg.Rand, b[:])
	p.mutex.Unlock()
	if err != nil {
		return "", fmt.Errorf("read randomness: %w", err)
	}
	b[6] = b[6]&0x0F | 0x40
	b[8] = b[8]&0x3F | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
}
