import { text as bytesOf } from 'node:stream/consumers';
import { GraphMailbox, MailboxError } from '../../../lib/mailbox';
import { startServer, type LabServer } from '../../lab/http/server';
import { selfSigned, type Certificate } from '../../lab/tls/certificate';

/** What Graph, or something that answers in its place, may send with HTTP 200. NEXT leads to the same server. */
const BODIES = [
	'null',
	'true',
	'5',
	'"x"',
	'[]',
	'{}',
	'{"value":null}',
	'{"value":{}}',
	'{"value":"x"}',
	'{"value":[null]}',
	'{"value":[[]]}',
	'{"value":["x",5,true]}',
	'{"value":[{}]}',
	'{"value":[{"id":5}]}',
	'{"value":[{"id":""}]}',
	'{"value":[{"id":"\\ud800"}]}',
	'{"value":[{"id":"a","subject":5,"from":[],"toRecipients":{},"receivedDateTime":7,"displayName":{},"name":[],"size":"x"}]}',
	'{"value":[{"id":"a","toRecipients":[null,5,{"emailAddress":null},{"emailAddress":{"address":5}}],"from":{"emailAddress":"x"}}]}',
	'{"value":[{"id":"a","@odata.type":"constructor","childFolderCount":"x","wellKnownName":5}]}',
	'{"value":[],"@odata.nextLink":5}',
	'{"value":[],"@odata.nextLink":null}',
	'{"value":[],"@odata.nextLink":{"a":1}}',
	'{"value":[],"@odata.nextLink":"x:y"}',
	'{"value":[],"@odata.nextLink":"NEXT"}',
	'{"value":[],"@odata.deltaLink":5}',
	'{"value":[],"@odata.deltaLink":"https://other.example/"}',
	'{"value":[{"id":"a","receivedDateTime":"2026-05-05T10:00:00Z"},{"id":"a","@removed":5}],"@odata.deltaLink":"NEXT"}',
	'{"id":5}',
	'{"id":"a","receivedDateTime":{}}',
	'{"id":"\\ud800"}',
	'{"error":null}',
	'{"error":{"code":{}}}',
	'<html>',
	'',
];

const OPERATIONS: Record<string, (mailbox: GraphMailbox) => Promise<unknown>> = {
	test: async (mailbox) => await mailbox.test(),
	poll: async (mailbox) => await mailbox.poll(undefined, { budgetMs: 3_000 }),
	sample: async (mailbox) => await mailbox.sample({ filter: () => true }),
	'get by id': async (mailbox) => await mailbox.get({ id: 'a' }),
	'get by an id that no path can hold': async (mailbox) => await mailbox.get({ id: 'a\ud800' }),
	'get by Message-ID': async (mailbox) => await mailbox.get({ messageId: '<a@example.org>' }),
	search: async (mailbox) => await mailbox.search({ subject: 'x' }),
	'search in a folder': async (mailbox) => await mailbox.search({ since: new Date(0) }, { folder: 'A/B' }),
	listFolders: async (mailbox) => await mailbox.listFolders(),
	attachments: async (mailbox) => await mailbox.attachments('a'),
	download: async (mailbox) => await bytesOf((await mailbox.download({ id: 'a' })).stream),
};

let certificate: Certificate;
let server: LabServer;
let body = '';
beforeAll(async () => {
	certificate = await selfSigned();
	server = await startServer((_request, response) => {
		response.setHeader('content-type', 'application/json');
		response.end(body.replace('NEXT', `${server.url}/v1.0/next`));
	}, certificate);
});
afterAll(async () => await server.close());

describe.each(Object.keys(OPERATIONS))('%s', (operation) => {
	it.each(BODIES)('an answer of the shape %s is read, or is an error of the pack', async (shape) => {
		body = shape;
		let time = Date.parse('2026-05-05T12:00:00Z');
		const mailbox = new GraphMailbox({
			cloud: 'custom',
			authorityUrl: server.url,
			graphUrl: server.url,
			tenant: 'tenant.example',
			clientId: '00000000-0000-0000-0000-000000000001',
			clientSecret: 'x',
			mailbox: 'soc@example.org',
			ca: certificate.cert,
			tokens: { token: () => Promise.resolve('a.b.c') },
			// Whatever it waits for is over at once; each look at the clock takes a moment.
			clock: { now: () => (time += 5), random: () => 0, sleep: (ms) => ((time += ms), Promise.resolve()) },
			actionTimeoutMs: 5_000,
		});
		try {
			const outcome = await OPERATIONS[operation]!(mailbox).then(
				(result) => JSON.stringify(result) ?? '',
				(error: unknown) => error,
			);
			if (outcome instanceof TypeError) throw outcome;
			if (typeof outcome !== 'string') expect(outcome).toBeInstanceOf(MailboxError);
			else expect(outcome).not.toMatch(/undefined|\[object|function/);
		} finally {
			await mailbox.close();
		}
	});
});
