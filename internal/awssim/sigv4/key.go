package sigv4

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math/big"
)

// hash is the SHA-256 of b in hexadecimal.
func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// signingKey is the key of Version 4 for a date, Region and service: see "Create a signed AWS API request" in the IAM user
// guide.
func signingKey(secret, date, region, service string) []byte {
	return mac(mac(mac(mac([]byte("AWS4"+secret), date), region), service), terminator)
}

// equal compares without telling by its time where two texts differ.
func equal(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// verificationKey is the public key of Version 4A for an access key. The private key follows from the secret: see "Derive a
// signing key for SigV4a" in the IAM user guide, which is NIST SP 800-108's key derivation in counter mode with HMAC-SHA256,
// and the testing of candidates from FIPS 186-4 B.4.2.
func verificationKey(accessKeyID, secret string) (*ecdsa.PublicKey, error) {
	limit := new(big.Int).Sub(elliptic.P256().Params().N, big.NewInt(2))
	for counter := byte(1); counter != 0; counter++ {
		candidate := new(big.Int).SetBytes(candidateKey(accessKeyID, secret, counter))
		if candidate.Cmp(limit) > 0 {
			continue
		}
		d := candidate.Add(candidate, big.NewInt(1)).FillBytes(make([]byte, 32))
		key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d)
		if err != nil {
			return nil, err
		}
		return &key.PublicKey, nil
	}
	return nil, errors.New("no candidate for a key is in range")
}

// candidateKey is one block of the key derivation.
func candidateKey(accessKeyID, secret string, counter byte) []byte {
	var input bytes.Buffer
	word := func(n uint32) { input.Write(binary.BigEndian.AppendUint32(nil, n)) }
	word(1) // the first block, and the only one
	input.WriteString(ecdsaAlgorithm)
	input.WriteByte(0)
	input.WriteString(accessKeyID)
	input.WriteByte(counter)
	word(256) // bits
	return mac([]byte("AWS4A"+secret), input.String())
}
