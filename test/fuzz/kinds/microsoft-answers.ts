import type { ServerResponse } from 'node:http';
import type { HuntPlan } from '../../../lib/hunt';
import { DEFENDER_LIMITS, MICROSOFT_HUNT_LIMITS, TRACE_LIMITS } from '../../../lib/limits';
import {
	DefenderClient,
	forgetPaces,
	MessageTraceClient,
	planDefenderHunt,
	planMessageTrace,
	type MicrosoftHuntResult,
} from '../../../lib/microsoftHunt';
import { startServer } from '../../lab/http/server';
import { selfSigned } from '../../lab/tls/certificate';
import { defenderRow, traceRow } from '../inputs/microsoft';
import { spoilText } from '../inputs/text';
import { oddValue, spoilValue } from '../inputs/values';
import { isTrue, jsonOf } from '../invariants';
import type { Kind } from '../kind';
import type { Random } from '../random';

/** What Graph answers, one after the other; the last one again and again. */
interface Input {
	target: 'defender' | 'trace';
	answers: Array<{ status: number; type: string; body: string }>;
}

/** What came of it: the hunt, and how often something was asked. */
interface Hunted {
	result: MicrosoftHuntResult;
	requests: number;
}

const NOW = Date.UTC(2026, 9, 2);
const WINDOW = "START t'2026-10-01T00:00:00Z' STOP t'2026-10-02T00:00:00Z'";
/** Every row matches, also one without a time. */
const EVERYTHING = `[EXISTS email-message:x_network_message_id] ${WINDOW}`;
/** In links of inputs; the server has another port each time. */
const HOST = 'https://graph.lab';
const MAX_ROWS = 50;
/** Rows of one hunt need so many requests at most: pages, each with all tries, and who clicked. */
const MOST_REQUESTS = 5 * (2 * MAX_ROWS + MICROSOFT_HUNT_LIMITS.maxIdlePages + 5);

let answers: Input['answers'] = [];
let requests = 0;
let url = '';
let ca = '';

function answer(response: ServerResponse): void {
	const { status, type, body } = answers[Math.min(requests, answers.length - 1)]!;
	requests++;
	response.writeHead(status, { 'content-type': type, 'retry-after': '1' }).end(body.replaceAll(HOST, url));
}

async function hunt(input: string): Promise<Hunted> {
	const { target, answers: given } = JSON.parse(input) as Input;
	answers = given;
	requests = 0;
	forgetPaces();
	let now = NOW;
	const options = {
		tenant: 'example.com',
		clientId: 'fuzz',
		cloud: 'custom' as const,
		authorityUrl: url,
		graphUrl: url,
		ca,
		tokens: { token: () => Promise.resolve('token') },
		clock: {
			now: () => now,
			random: () => 0.5,
			sleep: (ms: number) => {
				now += ms;
				return Promise.resolve();
			},
		},
	};
	const [client, plan]: [DefenderClient | MessageTraceClient, HuntPlan] =
		target === 'defender'
			? [new DefenderClient(options), planDefenderHunt(EVERYTHING)]
			: [new MessageTraceClient(options), planMessageTrace(EVERYTHING)];
	try {
		return { result: await client.hunt(plan, { maxRows: MAX_ROWS }), requests };
	} finally {
		await client.close();
	}
}

const JSON_TYPE = 'application/json; charset=utf-8';

function answerOf(target: Input['target'], random: Random): Input['answers'][number] {
	const rows = random.list(0, random.chance(0.1) ? 60 : 4, () =>
		target === 'defender' ? defenderRow(random) : traceRow(random),
	);
	const total = random.choose(
		[6, () => rows.length],
		[1, () => rows.length + 1],
		[1, () => random.pick([0, -1, 2 ** 53])],
	);
	const link = `${HOST}/v1.0/admin/exchange/tracing/messageTraces?$skiptoken=${random.below(3)}`;
	const sound =
		target === 'defender'
			? { schema: [], results: rows.map((row) => ({ ...row, Total: total })) }
			: { value: rows, ...(random.chance(0.3) ? { '@odata.nextLink': link } : {}) };
	const error = {
		error: {
			code: random.pick(['BadRequest', 'Forbidden', '']),
			message: random.pick(["'EmailEvents'", "Failed to resolve table named 'EmailUrlInfo'", '']),
		},
	};
	const body = random.choose(
		[8, () => JSON.stringify(sound)],
		[3, () => JSON.stringify(oddValue(JSON.stringify(spoilValue(sound, random, 'json'))))],
		[2, () => spoilText(JSON.stringify(sound), random, ['null', '{}', '[]', '"', '\\', ','])],
		[1, () => JSON.stringify(error)],
		[1, () => random.pick(['', 'null', '[]', '7', '"', '<html></html>', '{"value":', '\ufeff{}'])],
	); // prettier-ignore
	return {
		status: random.choose([12, () => 200], [2, () => random.pick([202, 204, 400, 401, 403, 404, 429, 500, 503])]),
		type: random.choose([12, () => JSON_TYPE], [1, () => random.pick(['text/html', 'application/octet-stream', ''])]),
		body,
	};
}

export const kind: Kind<string, Hunted> = {
	subject: 'answers of Defender and of message trace to a hunt for everything',
	form: 'text',
	open: async () => {
		const certificate = await selfSigned();
		const server = await startServer((_request, response) => answer(response), certificate);
		url = server.url;
		ca = certificate.cert;
		return () => server.close();
	},
	make: (random) => {
		const target = random.pick(['defender', 'trace'] as const);
		return JSON.stringify({ target, answers: random.list(1, 4, () => answerOf(target, random)) } satisfies Input);
	},
	run: hunt,
	refusals: [
		'M365_ANSWER_UNREADABLE', 'M365_CONFIGURATION', 'M365_LOGIN_REFUSED', 'M365_NOT_ALLOWED', 'M365_QUERY_REFUSED', 'M365_TABLE_MISSING', 'M365_THROTTLED', 'M365_UNAVAILABLE', 'M365_UNREACHABLE',
	], // prettier-ignore
	invariants: {
		'reading comes to an end': ({ requests: count }) =>
			isTrue(count <= MOST_REQUESTS, `${count} requests, ${MOST_REQUESTS} are enough`),
		'what was found is JSON, each row once, no more of them than were wanted': ({ result }) => {
			jsonOf(result);
			isTrue(result.rows.length <= MAX_ROWS, `${result.rows.length} rows`);
			// Message trace has several rows of a recipient, which differ in a status, a server or the subject.
			const keys = result.rows.map(({ attributes }) =>
				JSON.stringify(
					attributes.NetworkMessageId === undefined
						? attributes
						: [attributes.NetworkMessageId, String(attributes.RecipientEmailAddress).toLowerCase()],
				),
			);
			isTrue(new Set(keys).size === keys.length, 'a row is there twice');
		},
		'no row is lost without a word': ({ result }, input) => {
			const { reading, rows, complete, warnings } = result;
			isTrue(
				complete === warnings.every(({ code }) => code === 'hunt-note'),
				'complete and warnings say different things',
			);
			if (!complete) return;
			isTrue(reading.unreadable === 0 && reading.badRecords === 0 && !result.truncated, 'it is not complete');
			// Every row that was answered is one of those that were found, or outside of the window.
			const { answers: given } = JSON.parse(input) as Input;
			const nobody = given.every(({ body }) => !/@example\.org/.test(body));
			isTrue(
				rows.length + reading.rejected > 0 || reading.messages === 0 || nobody,
				'it found nobody of those who were there',
			);
			isTrue(reading.messages === rows.length + reading.rejected, 'a message is neither found nor rejected');
		},
		'what was read is within the bounds of an answer': ({ result }) =>
			isTrue(result.reading.read <= MAX_ROWS + Math.max(DEFENDER_LIMITS.pageSize, TRACE_LIMITS.pageSize), 'too many'),
	},
};
