package rdsca

import (
	"crypto/x509"
	"encoding/pem"
	"regexp"
	"slices"
	"testing"
	"time"
)

// name is how Amazon names the roots: Region and key type are in it.
var name = regexp.MustCompile(`^Amazon RDS ([a-z]+-[a-z]+-\d) Root CA (RSA2048|RSA4096|ECC384) G1$`)

// TestGlobal holds the file to what Pool's users rely on: every Region has all three roots, each signs itself, and none
// will have expired a year from now.
func TestGlobal(t *testing.T) {
	regions := map[string][]string{}
	for rest := global; len(rest) > 0; {
		block, next := pem.Decode(rest)
		if block == nil {
			t.Fatalf("global.pem ends in %d bytes that are no certificate", len(rest))
		}
		rest = next
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		match := name.FindStringSubmatch(cert.Subject.CommonName)
		if match == nil {
			t.Fatalf("%q is none of the current roots", cert.Subject.CommonName)
		}
		regions[match[1]] = append(regions[match[1]], match[2])
		checkRoot(t, cert)
	}
	for region, types := range regions {
		slices.Sort(types)
		if want := []string{"ECC384", "RSA2048", "RSA4096"}; !slices.Equal(types, want) {
			t.Errorf("%s has the roots %v, want %v", region, types, want)
		}
	}
	for _, region := range []string{"us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-1"} {
		if regions[region] == nil {
			t.Errorf("%s has no roots", region)
		}
	}
}

// checkRoot checks one root.
func checkRoot(t *testing.T, cert *x509.Certificate) {
	t.Helper()
	if err := cert.CheckSignatureFrom(cert); err != nil || !cert.IsCA {
		t.Errorf("%s is no root: CA %v, %v", cert.Subject.CommonName, cert.IsCA, err)
	}
	now := time.Now()
	if now.Before(cert.NotBefore) || now.AddDate(1, 0, 0).After(cert.NotAfter) {
		t.Errorf("%s is valid from %s to %s", cert.Subject.CommonName, cert.NotBefore, cert.NotAfter)
	}
}

func TestPool(t *testing.T) {
	pool, err := Pool()
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(global)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cert.Verify(x509.VerifyOptions{Roots: pool}); err != nil {
		t.Errorf("the pool does not trust %s: %v", cert.Subject.CommonName, err)
	}
}
