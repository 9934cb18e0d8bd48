package rules

// AppAcknowledgements are the findings that the application in this repository means to have, each with its reason.
func AppAcknowledgements() []Acknowledgement {
	return nil
}
