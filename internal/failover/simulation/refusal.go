package simulation

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	kvstypes "github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore/types"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// errNoStore means that there is no such key-value store.
var errNoStore = errors.New("no such key value store")

// refusal is what the SDK returns for a refusal of the simulated services.
func refusal(k call, err error) error {
	var rds *awssim.RDSError
	switch {
	case errors.As(err, &rds):
		status := http.StatusBadRequest
		if strings.Contains(rds.Code, "NotFound") {
			status = http.StatusNotFound
		}
		return response(k, status, rdsRefusal(rds))
	case errors.Is(err, awssim.ErrStoreVersion):
		return response(k, http.StatusConflict, &kvstypes.ConflictException{Message: aws.String(err.Error())})
	case errors.Is(err, awssim.ErrNoKey), errors.Is(err, errNoStore):
		return response(k, http.StatusNotFound, &kvstypes.ResourceNotFoundException{Message: aws.String(err.Error())})
	}
	return response(k, http.StatusBadRequest, &kvstypes.ValidationException{Message: aws.String(err.Error())})
}

// rdsRefusal is RDS's error in the SDK's own type, if it has one that anybody looks for.
func rdsRefusal(e *awssim.RDSError) error {
	switch message := aws.String(e.Message); e.Code {
	case "GlobalClusterNotFoundFault":
		return &rdstypes.GlobalClusterNotFoundFault{Message: message}
	case "DBClusterNotFoundFault":
		return &rdstypes.DBClusterNotFoundFault{Message: message}
	case "InvalidGlobalClusterStateFault":
		return &rdstypes.InvalidGlobalClusterStateFault{Message: message}
	case "InvalidDBClusterStateFault":
		return &rdstypes.InvalidDBClusterStateFault{Message: message}
	}
	return &smithy.GenericAPIError{Code: e.Code, Message: e.Message, Fault: smithy.FaultClient}
}

// response wraps an error as the SDK does.
func response(k call, status int, err error) error {
	return &smithy.OperationError{ServiceID: k.service, OperationName: k.operation, Err: &awshttp.ResponseError{
		ResponseError: &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}}, Err: err},
	}}
}

// outcome is a call's answer, for traces.
type outcome struct {
	out any
	err error
}

// String is the error, or what is worth knowing of the answer.
func (o outcome) String() string {
	if o.err != nil {
		return o.err.Error()
	}
	return fmt.Sprint(brief(o.out))
}
