package topology

import "slices"

// globalDatabaseRegions are the Regions of the aws partition in which Aurora MySQL 3 can be part of a global database.
//
// Source: Amazon Aurora User Guide, "Supported Regions and DB engines for Aurora global databases". Other partitions are left
// out because CloudFront's key-value store, which switches the traffic, is not there.
var globalDatabaseRegions = []string{
	"af-south-1",
	"ap-east-1",
	"ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
	"ap-south-1", "ap-south-2",
	"ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
	"ca-central-1", "ca-west-1",
	"eu-central-1", "eu-central-2",
	"eu-north-1",
	"eu-south-1", "eu-south-2",
	"eu-west-1", "eu-west-2", "eu-west-3",
	"il-central-1",
	"me-central-1", "me-south-1",
	"sa-east-1",
	"us-east-1", "us-east-2",
	"us-west-1", "us-west-2",
}

// withoutCertificates are those of them whose RDS certificate authorities the reference application does not know, so that its
// CreateTableFunction could not verify the database there. It runs in the primary Region.
var withoutCertificates = []string{"ap-southeast-5", "ca-west-1", "il-central-1"}

// Regions are the Regions in which an application can have its primary or its secondary side, sorted.
func Regions() []string {
	return slices.Clone(globalDatabaseRegions)
}
