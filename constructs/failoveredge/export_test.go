package failoveredge

// FunctionCode is the function's code for two Regions.
var FunctionCode = functionCode
