import {
	GraphMailbox,
	ImapMailbox,
	type GraphFolderState,
	type ImapFolderState,
	type PollResult,
} from '../../../lib/mailbox';
import { GRAPH_LIMITS, IMAP_LIMITS } from '../../../lib/limits';
import { MicrosoftLab } from '../../lab/graph';
import { EmbeddedImap, mail } from '../../lab/imap';
import { soup } from '../inputs/text';
import { anyValue, oddValue, spoilValue } from '../inputs/values';
import { isBounded, isTrue, jsonOf } from '../invariants';
import type { Kind } from '../kind';
import type { Random } from '../random';

/** The input: a saved state as n8n's database might give it back. */
interface Input {
	mailbox: 'imap' | 'graph';
	state: unknown;
}

const CAP = 3;
/** For polls that are to come to an end. */
const MANY = 1_000;
const MESSAGES = 6;
const ADDRESS = 'soc@example.com';
const NOW = Date.UTC(2026, 4, 5);
/** Time stands still: a poll ends by itself or not at all. */
const CLOCK = { now: () => NOW, sleep: async () => undefined, random: () => 0 };

let imap: EmbeddedImap;
let lab: MicrosoftLab;
/** States that polls gave. */
const saved: Record<Input['mailbox'], unknown[]> = { imap: [], graph: [] };

type Polled = PollResult<ImapFolderState | GraphFolderState>;

/** The lab listens on another port each time; an input has to mean the same in every process. */
const HOST = 'graph.lab';
const hostOfLab = (): string => new URL(lab.graphUrl).host;

const mailboxOf = (input: string): Input['mailbox'] => (JSON.parse(input) as Input).mailbox;
const stateOf = (input: string): unknown =>
	oddValue(JSON.stringify((JSON.parse(input.replaceAll(HOST, hostOfLab())) as Input).state ?? null));

async function pollWith(which: Input['mailbox'], state: unknown, cap = CAP): Promise<Polled> {
	const mailbox =
		which === 'imap'
			? new ImapMailbox({
					host: imap.host,
					port: imap.port,
					security: 'none',
					user: imap.user,
					password: imap.password,
					clock: CLOCK,
				})
			: new GraphMailbox({ ...lab.credential(), mailbox: ADDRESS, tokens: lab.tokens(), clock: CLOCK });
	try {
		return await mailbox.poll(state as never, { cap, firstRunLookBack: 'all' });
	} finally {
		await mailbox.close();
	}
}

async function open(): Promise<() => Promise<void>> {
	const raw = (i: number): string => mail({ subject: `m${i}` });
	imap = await EmbeddedImap.start({
		messages: Array.from({ length: MESSAGES }, (_, i) => ({ raw: raw(i), date: new Date(NOW - i * 60_000) })),
	});
	lab = await MicrosoftLab.start({ now: CLOCK.now });
	const box = lab.graph.mailbox(ADDRESS);
	for (let i = 0; i < MESSAGES; i++) box.deliver(box.folder('inbox'), { receivedAt: NOW - i * 60_000 });
	for (const which of ['imap', 'graph'] as const) {
		let state: unknown;
		for (let i = 0; i < 3; i++) {
			({ state } = await pollWith(which, state));
			saved[which].push(JSON.parse(JSON.stringify(state).replaceAll(hostOfLab(), HOST)));
		}
	}
	// As many requests as there are, and no time that passes between them.
	lab.graph.throttling.requests = Number.POSITIVE_INFINITY;
	return async () => {
		await imap.close();
		await lab.close();
	};
}

/** Members that a state has while something is under way. */
const BUSY: Readonly<Record<Input['mailbox'], (random: Random) => object>> = {
	imap: (random) => ({
		todo: random.list(0, 4, (i) => [i * 10 + 1, i * 10 + random.between(1, 5)]),
		absent: random.list(0, 2, (i) => [i * 10 + 7, i * 10 + 8]),
		retry: Object.fromEntries(random.list(0, 3, (i) => [String(i + 1), { n: random.between(0, 9), at: NOW - random.below(2) * 1e9, code: soup(random, 2) }])),
		top: random.pick([0, 3, MESSAGES, 2 ** 32 - 1]),
		...(random.chance(0.3) ? { floor: { uid: random.below(9), time: NOW } } : {}),
	}),
	graph: (random) => ({
		todo: random.list(0, 3, () => [soup(random, 2), random.below(2 ** 31)]),
		retry: Object.fromEntries(random.list(0, 3, (i) => [`id${i}`, [random.between(0, 9), NOW - 1, 5]])),
		phase: random.pick(['initial', 'steady', 'resync']),
		walking: random.chance(0.5),
		...(random.chance(0.3) ? { method: 'modified', mark: { from: 5, lowest: 5, recent: [[5, soup(random, 1)]] } } : {}),
		...(random.chance(0.3) ? { left: random.below(5), floor: random.below(2 ** 31) } : {}),
		...(random.chance(0.3) ? { seen: soup(random, 9) } : {}),
		...(random.chance(0.2) ? { link: random.pick(['', 'x', 'https://graph.example/v1.0/x', '//evil.example/', '../..', soup(random, 3)]) } : {}),
	}),
}; // prettier-ignore

export const kind: Kind<string, Polled> = {
	subject: 'saved states of the IMAP and Graph triggers, against servers of the lab',
	form: 'text',
	open,
	make: (random) => {
		const mailbox = random.pick(['imap', 'graph'] as const);
		const busy = Object.entries(BUSY[mailbox](random)).filter(() => random.chance(0.6));
		const known = { ...(random.pick(saved[mailbox]) as object), ...Object.fromEntries(busy) };
		const state = random.choose<unknown>(
			[4, () => spoilValue(known, random, 'json')],
			[5, () => known],
			[1, () => anyValue(random, 'json')],
		);
		return JSON.stringify({ mailbox, state } satisfies Input);
	},
	run: async (input) => await pollWith(mailboxOf(input), stateOf(input)),
	// Where nothing of what a state names is there, the server may be in trouble: the poll says so, and keeps the state.
	refusals: ['MAILBOX_MESSAGE_MISSING', 'MAILBOX_FOLDER_MISSING', 'MAILBOX_PROTOCOL', 'MAILBOX_UNAVAILABLE'],
	isRead: ({ warnings }) => !warnings.some(({ code }) => code === 'cursor-unreadable' || code === 'other-mailbox'),
	invariants: {
		'the poll keeps to its cap': ({ messages }) =>
			isTrue(
				messages.length <= CAP + Math.max(IMAP_LIMITS.retriesPerPoll, GRAPH_LIMITS.retriesPerPoll),
				`${messages.length} messages`,
			),
		'the new state is JSON, no longer than the old one and what is there': ({ state }, input) =>
			isBounded(jsonOf(state), (JSON.stringify(stateOf(input)) ?? '').length, 2, 5_000),
		'the next polls go on with the new state, and come to an end': async ({ state }, input) => {
			let next: unknown = state;
			for (let i = 0; i < MESSAGES; i++) {
				const result = await pollWith(mailboxOf(input), JSON.parse(JSON.stringify(next)), MANY);
				const begun = result.warnings.find(({ code }) => code === 'cursor-unreadable' || code === 'other-mailbox');
				isTrue(begun === undefined, `${begun?.code}: ${begun?.message}`);
				if (!result.more) return;
				next = result.state;
			}
			throw new Error('there is always more');
		},
	},
};
