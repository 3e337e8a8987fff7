import { HttpError } from '../../../lib/http';
import { OpenCtiClient, OpenCtiError, reportFromEmail } from '../../../lib/opencti';
import { startServer, type LabServer } from '../../lab/http/server';
import { fastClock } from './clock';
import { email } from './messages';

/** What OpenCTI, or something that answers in its place, may send with HTTP 200. */
const BODIES = [
	'null',
	'[]',
	'{}',
	'{"errors":[null]}',
	'{"errors":[5,"x",{}]}',
	'{"errors":[{"message":5,"extensions":[],"path":{}}]}',
	'{"errors":{"message":"x"}}',
	'{"data":null}',
	'{"data":[]}',
	'{"data":{"about":{},"me":{}}}',
	'{"data":{"about":{"version":5},"me":{"capabilities":null}}}',
	'{"data":{"about":{"version":"6.4.0"},"me":{"capabilities":[null],"allowed_marking":{}}}}',
	'{"data":{"about":{"version":"6.4.0"},"me":{"capabilities":[{}],"allowed_marking":[null],"effective_confidence_level":5}}}',
	'{"data":{"reports":{"edges":null}}}',
	'{"data":{"reports":{"edges":[null,{},{"node":null}]}}}',
	'{"data":{"reports":{"edges":[{"node":{}}]}}}',
	'{"data":{"labels":{"edges":[{"node":{"value":5}},{"node":{}}]}}}',
	'{"data":{"markingDefinitions":{"edges":[{"node":{"definition":{}}}],"pageInfo":null}}}',
	'{"data":{"markingDefinitions":{"edges":"x"}}}',
	'{"data":{"identities":{"edges":[{"node":{"name":null}},{"node":{}}]}}}',
	'<html>',
	'',
];

const OPERATIONS: Record<string, (client: OpenCtiClient) => Promise<unknown>> = {
	test: (client) => client.test(),
	'find reports': (client) => client.findReports({ messageId: '<a@example.org>' }),
	'create a report': (client) => client.createReport(reportFromEmail(email())),
	markings: (client) => client.choices.markings(),
	labels: (client) => client.choices.labels('x'),
	authors: (client) => client.choices.authors(),
	drafts: (client) => client.choices.drafts(),
};

let server: LabServer;
let body = '';
beforeAll(async () => {
	server = await startServer((_request, response) => {
		response.setHeader('content-type', 'application/json');
		response.end(body);
	});
});
afterAll(async () => await server.close());

describe.each(Object.keys(OPERATIONS))('%s', (operation) => {
	it.each(BODIES)('an answer of the shape %s is read, or is an error of the pack', async (shape) => {
		body = shape;
		const client = new OpenCtiClient({ url: server.url, token: 'token', clock: fastClock() });
		try {
			const outcome = await OPERATIONS[operation]!(client).catch((error: unknown) => error);
			if (outcome instanceof Error && !(outcome instanceof HttpError)) expect(outcome).toBeInstanceOf(OpenCtiError);
		} finally {
			await client.close();
		}
	});
});
