import { Agent, type Dispatcher } from 'undici';
import { parseEmail, type Email } from '../../../lib/email';
import { EsaClient, planHunt } from '../../../lib/esa';
import { campaignKeys } from '../../../lib/campaign';
import { extractIndicators } from '../../../lib/indicators';
import { caseFromEmail, draftFile, OpenCtiClient, reportFromEmail } from '../../../lib/opencti';
import { emailToBundle } from '../../../lib/stix';
import { EsaLab } from '../../lab/esa';
import { LAB_TOKEN, startOpenCti, type OpenCtiLab } from '../../lab/opencti';
import { anyValue, oddValue, spoilValue } from '../inputs/values';
import { isTrue, jsonOf } from '../invariants';
import type { Kind } from '../kind';
import { Random } from '../random';

/** The input: what is asked, and which answers come back as something else. */
interface Input {
	operation: string;
	/** Of the choices of how each answer is spoilt. */
	seed: number;
	/** Share of the answers that are. */
	share: number;
}

/** Requests of one operation: one that asks for ever would be noticed here. */
const MOST_REQUESTS = 400;
const NOW = Date.UTC(2026, 4, 5, 12);
const CLOCK = { now: () => NOW, sleep: async () => undefined, random: () => 0 };
const MAIL = Buffer.from(
	'From: a@example.org\r\nTo: b@example.org\r\nSubject: invoice\r\nMessage-ID: <1@example.org>\r\nDate: Tue, 5 May 2026 10:11:12 +0200\r\n\r\nhttps://evil.example.net/',
);

let openCti: OpenCtiLab;
let appliance: EsaLab;
let agent: Agent;
let email: Email;
/** The id of a report that is there. */
let known = '';
let requests = 0;

/** Connections whose answers come out as the input has it. */
function spoiling({ seed, share }: Input): Dispatcher {
	return agent.compose((dispatch) => (request, handler) => {
		requests++;
		const random = new Random(seed, 'answer', requests);
		const chunks: Buffer[] = [];
		let start: Parameters<NonNullable<typeof handler.onResponseStart>> | undefined;
		return dispatch(request, {
			onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
			onResponseStart: (...parts) => void (start = parts),
			onResponseData: (_controller, chunk) => void chunks.push(chunk),
			onResponseEnd: (controller, trailers) => {
				const [, status, headers, message] = start!;
				const { 'content-length': _length, ...others } = headers;
				const body = Buffer.concat(chunks);
				handler.onResponseStart?.(controller, status, others, message);
				handler.onResponseData?.(controller, random.chance(share) ? spoilt(body, random) : body);
				handler.onResponseEnd?.(controller, trailers);
			},
			onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
		});
	});
}

function spoilt(body: Buffer, random: Random): Buffer {
	return random.choose(
		[1, () => body.subarray(0, random.below(body.length + 1))],
		[1, () => Buffer.from(random.pick(['', 'null', '[]', '{}', '"x"', '{"errors":[null]}', '{"data":null}', '<html>']))],
		[1, () => Buffer.from(JSON.stringify({ data: anyValue(random, 'json') }))],
		[12, () => {
			let answer: unknown;
			try {
				answer = JSON.parse(body.toString());
			} catch {
				return body;
			}
			return Buffer.from(JSON.stringify(oddValue(JSON.stringify(spoilValue(answer, random, 'json') ?? null)) ?? null));
		}],
	); // prettier-ignore
}

const NOTE = { title: 'A note', content: 'Something was found.' };
const FILE = draftFile({ fileName: 'a.txt', contentType: 'text/plain', content: Buffer.from('x') });
const MESSAGE = { mids: [1], serialNumber: '1234567890AB-1234567', icid: 1 };

const PLATFORM: Record<string, (client: OpenCtiClient) => Promise<unknown>> = {
	test: (client) => client.test(),
	'create a report': (client) => client.createReport(reportFromEmail(email)),
	'create a report from an email': (client) => client.createReportFromEmail(email, { contents: 'observables' }),
	'create a report of a bundle': (client) => client.createReportFromBundle(emailToBundle(email)),
	'create a case': (client) => client.createIncidentCase(caseFromEmail(email)),
	'create a case from an email': (client) => client.createCaseFromEmail(email, { contents: 'indicators' }),
	'create an incident': (client) => client.createIncidentFromEmail(email, { contents: 'observables' }),
	'import a bundle': (client) => client.importBundle(emailToBundle(email)),
	'import through the queue': (client) => client.importBundle(emailToBundle(email), { mode: 'push' }),
	'import as a file': (client) => client.importBundle(emailToBundle(email), { mode: 'file' }),
	'add to a report': (client) => client.addTo(known, { notes: [NOTE], files: [FILE], hunts: [] }),
	'add files': (client) => client.addFiles(known, [FILE]),
	'find reports': (client) => client.findReports({ messageId: '<1@example.org>' }),
	'similar reports': (client) => client.similarReports(campaignKeys(email, extractIndicators(email))),
	work: (client) => client.bundleWork('work_1'),
	labels: (client) => client.choices.labels(''),
	authors: (client) => client.choices.authors(''),
	drafts: (client) => client.choices.drafts(''),
	reports: (client) => client.choices.reports(''),
	markings: (client) => client.choices.markings(),
};
const APPLIANCE: Record<string, (client: EsaClient) => Promise<unknown>> = {
	'test the appliance': (client) => client.test(),
	search: (client) => client.search({ subject: 'x', start: new Date(NOW - 3_600_000), stop: new Date(NOW) }),
	details: (client) => client.messageDetails(MESSAGE),
	'details of links': (client) => client.urlDetails(MESSAGE),
	'details of malware': (client) => client.ampDetails(MESSAGE),
	quarantine: (client) =>
		client.searchQuarantine({ type: 'spam', start: new Date(NOW - 3_600_000), stop: new Date(NOW) }),
	'in quarantine': (client) => client.quarantinedDetails('spam', 1),
	hunt: (client) => client.hunt(planHunt("[email-message:subject LIKE '%a%']", { now: new Date(NOW) })),
};

async function ask(input: Input): Promise<unknown> {
	requests = 0;
	const dispatcher = spoiling(input);
	const platform = PLATFORM[input.operation];
	if (platform !== undefined) {
		const client = new OpenCtiClient({ url: openCti.url, token: LAB_TOKEN, dispatcher, clock: CLOCK, maxTries: 2 });
		return await platform(client).finally(() => client.close());
	}
	const client = new EsaClient({
		url: appliance.url,
		user: 'admin',
		passphrase: 'Lab-Passphrase-1',
		dispatcher,
		clock: CLOCK,
	});
	return await APPLIANCE[input.operation]!(client).finally(() => client.close());
}

export const kind: Kind<string, unknown> = {
	subject: 'answers of OpenCTI and of the appliance in which something is another value, is missing or is cut',
	form: 'text',
	open: async () => {
		agent = new Agent();
		email = await parseEmail(MAIL);
		openCti = await startOpenCti();
		const client = new OpenCtiClient({ url: openCti.url, token: LAB_TOKEN });
		known = (await client.createReport(reportFromEmail(email))).id;
		await client.close();
		appliance = await EsaLab.start();
		return async () => {
			await agent.destroy();
			await openCti.close();
			await appliance.stop();
		};
	},
	make: (random) =>
		JSON.stringify({
			operation: random.pick([...Object.keys(PLATFORM), ...Object.keys(APPLIANCE)]),
			seed: random.below(2 ** 31),
			share: random.pick([0.1, 0.3, 1]),
		} satisfies Input),
	run: async (input) => await ask(JSON.parse(input) as Input),
	// Whatever is wrong with an answer has a code of its own: which one it is depends on what is wrong.
	// prettier-ignore
	refusals: [
		'OPENCTI_URL_WRONG', 'OPENCTI_MARKING_UNKNOWN', 'OPENCTI_MARKING_MISMATCH', 'OPENCTI_AUTHOR_UNKNOWN', 'OPENCTI_LABEL_UNKNOWN',
		'OPENCTI_REPORT_TYPE_UNKNOWN', 'OPENCTI_REFERENCE_MISSING', 'OPENCTI_RESTRICTED', 'OPENCTI_DATE_MISSING', 'OPENCTI_TOO_LARGE',
		'OPENCTI_LOCKED', 'OPENCTI_UNAVAILABLE', 'OPENCTI_VALIDATION', 'OPENCTI_VERSION', 'OPENCTI_REFUSED',
		'OPENCTI_DRAFT_CLOSED', 'OPENCTI_ANSWER_UNREADABLE', 'OPENCTI_CONNECTOR_MISSING', 'OPENCTI_INPUT', 'OPENCTI_TOKEN_REFUSED',
		'OPENCTI_FORBIDDEN', 'ESA_TWO_FACTOR', 'ESA_UNAUTHORIZED', 'ESA_FORBIDDEN', 'ESA_NO_API',
		'ESA_QUERY_REFUSED', 'ESA_UNAVAILABLE', 'ESA_STATUS', 'ESA_ANSWER_UNREADABLE', 'ESA_NOT_FOUND',
		'ESA_LOGIN_REFUSED', 'HTTP_NOT_JSON', 'HTTP_UNREACHABLE', 'HTTP_TIMEOUT', 'HTTP_ANSWER_TOO_LARGE',
		'HTTP_STATUS',
	],
	invariants: {
		'what was made of the answers is JSON': (answer) => void jsonOf(answer ?? null),
		'it did not ask without end': () => isTrue(requests <= MOST_REQUESTS, `${requests} requests`),
	},
};
