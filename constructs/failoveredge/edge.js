import cf from 'cloudfront';

// Chooses the Region that serves a request. Two keys of the store say which, and moving them is the whole failover:
//
//   active  the home role of the active Region, 'pri' or 'secd'; missing, unreadable or anything else means 'pri'
//   fence   while the key exists, whatever its value, writes are refused
//
// Nothing but the keys decides, so this code stays the same wherever the application runs.
const regions = { pri: 'PRIMARY_REGION', secd: 'SECONDARY_REGION' };

async function handler(event) {
    const request = event.request;
    const read = isRead(request.method);

    // The fence is read before the active Region, so that a write never goes to a Region that was fenced and left in
    // between. Both are read one after the other, because AWS advises against Promise.all here: it takes memory and
    // saves no time.
    if (!read) {
        const fenced = await isFenced();
        if (fenced) {
            return refusal();
        }
    }
    const active = await activeRole();
    request.headers['x-routed-region'] = { value: regions[active] };
    if (read) {
        cf.createRequestOriginGroup({
            originIds: [{ originId: active }, { originId: active === 'pri' ? 'secd' : 'pri' }],
            selectionCriteria: 'default',
            failoverCriteria: { statusCodes: [500, 502, 503, 504] }
        });
    } else {
        cf.selectRequestOriginById(active);
    }
    return request;
}

// The methods that CloudFront repeats at the second origin of a group. All others may write.
function isRead(method) {
    return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

async function activeRole() {
    let value = 'pri';
    try {
        value = await cf.kvs().get('active');
    } catch (error) {
        // A missing key is the state after the first deployment, and an unreadable store must not end the service.
    }
    return value === 'secd' ? 'secd' : 'pri';
}

async function isFenced() {
    let fenced = false;
    try {
        fenced = await cf.kvs().exists('fence');
    } catch (error) {
        // An unreadable store is as good as an empty one. The database still has a single writer, and refuses the rest.
    }
    return fenced;
}

function refusal() {
    return {
        statusCode: 503,
        statusDescription: 'Service Unavailable',
        headers: {
            'cache-control': { value: 'no-store' },
            'content-type': { value: 'application/problem+json' },
            'retry-after': { value: '10' },
            'x-write-fence': { value: 'closed' }
        },
        body: {
            encoding: 'text',
            data: JSON.stringify({
                type: 'about:blank',
                title: 'Service Unavailable',
                status: 503,
                detail: 'Writes are paused while the application moves between Regions. Reads are served.'
            })
        }
    };
}
