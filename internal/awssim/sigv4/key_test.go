package sigv4

import (
	"encoding/hex"
	"testing"
)

// TestVerificationKey has the pair of keys that AWS's SDKs test their derivation with.
func TestVerificationKey(t *testing.T) {
	key, err := verificationKey("AKISORANDOMAASORANDOM", "q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom")
	if err != nil {
		t.Fatal(err)
	}
	point, err := key.Bytes()
	const want = "04" + "15d242ceebf8d8169fd6a8b5a746c41140414c3b07579038da06af89190fffcb" +
		"0515242cedd82e94799482e4c0514b505afccf2c0c98d6a553bf539f424c5ec0"
	if got := hex.EncodeToString(point); err != nil || got != want {
		t.Errorf("got %s, %v", got, err)
	}
}

// TestSigningKey has the example of "Create a signed AWS API request" in the IAM user guide.
func TestSigningKey(t *testing.T) {
	got := hex.EncodeToString(signingKey("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam"))
	if got != "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9" {
		t.Errorf("got %s", got)
	}
}
