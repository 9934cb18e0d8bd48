module example.com/plain

go 1.26.2

require github.com/aws/aws-cdk-go/awscdk/v2 v2.270.0
