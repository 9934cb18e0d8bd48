// Package scripts proves scripts/deploy.sh and scripts/destroy.sh. Its tests run them as they are, on a machine whose aws and cdk
// commands are the test binary itself: a small model of the AWS account that refuses what AWS would refuse, such as deleting a
// bucket that is not empty or a database that still has a reader. So the tests assert what is left in the account, besides the
// order in which things were asked for. Node.js and Bash are the machine's.
package scripts
