import fc from 'fast-check';
import {
	applyPage,
	dueRetries,
	reachesFirstRunLimit,
	restart,
	setAside,
	settle,
	startCursor,
	type GraphFolderState,
	type Queued,
	type Row,
} from '../../../lib/mailbox/graph/cursor';
import { fingerprint, fingerprintSet, remember } from '../../../lib/mailbox/graph/fingerprints';
import { applyModifiedPage } from '../../../lib/mailbox/graph/modified';
import { GRAPH_LIMITS, MAILBOX_LIMITS } from '../../../lib/limits';

const DAY = 86_400;
const NOW = 1_780_000_000;
const start = (options: { floor?: number; firstRunCap?: number; method?: 'delta' | 'modified' } = {}) =>
	startCursor({ account: 'a@graph', folder: 'inbox', folderId: 'F', method: 'delta', ...options });
const row = (id: string, receivedAt = NOW, more: Partial<Row> = {}): Row => ({
	id,
	receivedAt,
	modifiedAt: receivedAt,
	removed: false,
	hasAttachments: false,
	...more,
});
const ids = (state: GraphFolderState) => state.todo.map(([id]) => id);
const steady = () => applyPage(start(), { rows: [], deltaLink: 'D0', serverTime: NOW });

describe('the delta cursor', () => {
	it('moves only together with the ids that it leads past', () => {
		const state = applyPage(start(), { rows: [row('a'), row('b')], nextLink: 'N1', serverTime: NOW });
		expect(state).toMatchObject({ link: 'N1', walking: true, phase: 'initial' });
		expect(ids(state)).toEqual(['a', 'b']);
		const done = applyPage(state, { rows: [row('c')], deltaLink: 'D1', serverTime: NOW + 5 });
		expect(done).toMatchObject({ link: 'D1', walking: false, phase: 'steady', base: NOW });
		expect(ids(done)).toEqual(['a', 'b', 'c']);
	});

	it('the first round takes the look-back, and what is moved in while it runs, however old', () => {
		const floor = NOW - 30 * DAY;
		const rows = [
			row('old', floor - 1),
			row('edge', floor),
			row('moved in', floor - 400 * DAY, { modifiedAt: NOW + 2 }),
			row('no date', undefined, { receivedAt: undefined, modifiedAt: undefined }),
		];
		const state = applyPage(start({ floor }), { rows, nextLink: 'N', serverTime: NOW });
		expect(ids(state).sort()).toEqual(['edge', 'moved in', 'no date']);
	});

	it('the first page that the first-run limit leaves something out of says so, also when it is the last one', () => {
		const old = (count: number) => Array.from({ length: count }, (_unused, i) => row(`o${i}`, NOW - DAY - i));
		const page = (count: number, more = false) => ({
			rows: old(count),
			serverTime: NOW,
			...(more ? { nextLink: 'N' } : { deltaLink: 'D' }),
		});
		expect(reachesFirstRunLimit(start({ firstRunCap: 2 }), page(3))).toBe(true);
		expect(reachesFirstRunLimit(start({ firstRunCap: 2 }), page(2))).toBe(false);
		expect(reachesFirstRunLimit(start({ firstRunCap: 0 }), page(1))).toBe(true);
		expect(reachesFirstRunLimit(start(), page(1000))).toBe(false);
		// Once: the pages behind it are left out as well.
		const full = applyPage(start({ firstRunCap: 2 }), page(2, true));
		expect(reachesFirstRunLimit(start({ firstRunCap: 2 }), page(2, true))).toBe(true);
		expect(reachesFirstRunLimit(full, page(5))).toBe(false);
		expect(reachesFirstRunLimit(steady(), page(5))).toBe(false);
	});

	it('later rounds take everything that comes into the folder, however old', () => {
		expect(ids(applyPage(steady(), { rows: [row('ancient', 1000)], deltaLink: 'D', serverTime: NOW }))).toEqual([
			'ancient',
		]);
	});

	it('removed rows and repetitions are passed over', () => {
		const state = applyPage(steady(), {
			rows: [row('a'), row('a'), row('gone', NOW, { removed: true })],
			deltaLink: 'D',
			serverTime: NOW,
		});
		expect(ids(state)).toEqual(['a']);
		const settled = settle(state, new Set(['a']));
		expect(ids(applyPage(settled, { rows: [row('a')], deltaLink: 'E', serverTime: NOW }))).toEqual([]);
	});

	it('the first-run cap counts the newest of the look-back, and again when the round starts anew', () => {
		let state = applyPage(start({ firstRunCap: 2 }), {
			rows: [row('3', NOW), row('2', NOW - 1), row('1', NOW - 2)],
			nextLink: 'N',
			serverTime: NOW + 10,
		});
		expect(ids(state)).toEqual(['2', '3']);
		state = restart(settle(state, new Set(['2', '3'])), 2);
		state = applyPage(state, {
			rows: [row('3', NOW), row('2', NOW - 1), row('1', NOW - 2)],
			nextLink: 'N',
			serverTime: NOW + 10,
		});
		expect(ids(state)).toEqual([]);
		expect(state.left).toBe(0);
	});

	it('a resync takes what was received or moved in since two days before the last complete round', () => {
		const state = restart(steady());
		expect(state).toMatchObject({ phase: 'resync', link: '' });
		const edge = NOW - GRAPH_LIMITS.resyncOverlapSeconds;
		const rows = [row('long done', edge - 1), row('late', edge), row('moved in', 1000, { modifiedAt: edge })];
		const after = applyPage(state, { rows, deltaLink: 'D', serverTime: NOW + 9 * DAY });
		expect(ids(after).sort()).toEqual(['late', 'moved in']);
		expect(after).toMatchObject({ phase: 'steady', base: NOW + 9 * DAY });
	});

	it('a resync of more messages than are remembered repeats only those that are not', () => {
		const rows = Array.from({ length: 700 }, (_unused, index) => row(`m${index}`, NOW + 60 * index));
		let state = steady();
		for (let at = 0; at < 700; at += 50)
			state = applyPage(
				{ ...state, todo: [] },
				{ rows: rows.slice(at, at + 50), deltaLink: 'D', serverTime: NOW + 60 * (at + 50) },
			);
		state = { ...restart(state), todo: [] };
		const queued: string[] = [];
		// Newest first, as a full round comes.
		const round = [...rows].reverse();
		for (let at = 0; at < 700; at += 100) {
			const page = { rows: round.slice(at, at + 100), serverTime: NOW + 60 * 701 };
			state = applyPage(state, { ...page, ...(at < 600 ? { nextLink: `N${at}` } : { deltaLink: 'E' }) });
			queued.push(...ids(state));
			state = { ...state, todo: [] };
		}
		expect(queued.sort()).toEqual(
			rows
				.slice(0, 700 - GRAPH_LIMITS.maxSeen)
				.map(({ id }) => id)
				.sort(),
		);
	});

	it('a resync changes nothing in what is forgotten first: a second one repeats nothing', () => {
		const rows = Array.from({ length: 400 }, (_unused, index) => row(`m${index}`, NOW + 60 * index));
		const come = (state: GraphFolderState, from: number, to: number) => {
			for (let at = from; at < to; at += 50)
				state = applyPage(
					{ ...state, todo: [] },
					{ rows: rows.slice(at, at + 50), deltaLink: 'D', serverTime: NOW + 60 * (at + 50) },
				);
			return { ...state, todo: [] };
		};
		const read = (from: GraphFolderState, upTo: number) => {
			const round = rows.slice(0, upTo).reverse();
			let state = restart(from);
			const queued: string[] = [];
			for (let at = 0; at < upTo; at += 100) {
				const page = { rows: round.slice(at, at + 100), serverTime: NOW + 60 * upTo + 1 };
				state = applyPage(state, { ...page, ...(at + 100 < upTo ? { nextLink: `N${at}` } : { deltaLink: 'E' }) });
				queued.push(...ids(state));
				state = { ...state, todo: [] };
			}
			return { state, queued };
		};
		rows.push(...Array.from({ length: 300 }, (_unused, index) => row(`n${index}`, NOW + 60 * (400 + index))));
		const first = read(come(steady(), 0, 400), 400);
		const second = read(come(first.state, 400, 700), 700);
		expect(first.queued).toEqual([]);
		expect(second.queued.filter((id) => id.startsWith('n') || Number(id.slice(1)) >= 200)).toEqual([]);
	});

	it('a first round that begins anew repeats none of the newest of its look-back', () => {
		const round = Array.from({ length: 900 }, (_unused, index) => row(`m${index}`, NOW - 60 * index));
		const read = (from: GraphFolderState) => {
			let state = from;
			const queued: string[] = [];
			for (let at = 0; at < 900; at += 100) {
				state = applyPage(state, { rows: round.slice(at, at + 100), nextLink: `N${at}`, serverTime: NOW });
				queued.push(...ids(state));
				state = { ...state, todo: [] };
			}
			return { state, queued };
		};
		const first = read(start({ floor: NOW - 30 * DAY }));
		expect(first.queued).toHaveLength(900);
		const second = read(restart(first.state));
		expect(second.queued.filter((id) => Number(id.slice(1)) < GRAPH_LIMITS.maxSeen)).toEqual([]);
	});

	it('a resync that is forgotten in its middle still knows its edge', () => {
		let state = restart(steady());
		state = applyPage(state, { rows: [], nextLink: 'N', serverTime: NOW + 9 * DAY });
		state = restart(state);
		expect(
			ids(applyPage(state, { rows: [row('between', NOW + DAY)], deltaLink: 'D', serverTime: NOW + 20 * DAY })),
		).toEqual(['between']);
	});

	it('a failed message is set aside with growing waits, then given up', () => {
		let state = applyPage(steady(), { rows: [row('poison'), row('good')], deltaLink: 'D', serverTime: NOW });
		const queued: Queued = ['poison', NOW];
		const waits: number[] = [];
		for (let attempt = 1; attempt <= MAILBOX_LIMITS.maxAttempts; attempt++) {
			const result = setAside(state, queued, 0)!;
			expect(result.attempts).toBe(attempt);
			state = result.state;
			expect(ids(state)).toEqual(['good']);
			if (result.retryAt === undefined) break;
			waits.push(result.retryAt / 60_000);
			expect(dueRetries(state, result.retryAt - 1)).toEqual([]);
			expect(dueRetries(state, result.retryAt)).toEqual([queued]);
		}
		expect(waits).toEqual([1, 5, 30, 120, 720, 720, 720]);
		expect(state.retry).toEqual({});
	});

	it('what it remembers: whatever was received and queued since then is among the fingerprints, however much comes', () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 30 }), (pages) => {
				let state = steady();
				const queued: Array<[string, number]> = [];
				pages.forEach((count, page) => {
					const time = NOW + 60 * (page + 1);
					const rows = Array.from({ length: count }, (_unused, index) => row(`p${page}m${index}`, time - (index % 60)));
					state = applyPage({ ...state, todo: [] }, { rows, deltaLink: `D${page}`, serverTime: time });
					queued.push(...rows.map(({ id, receivedAt }): [string, number] => [id, receivedAt!]));
					const known = fingerprintSet(state.seen);
					const { since } = state.memory!;
					expect(queued.filter(([id, at]) => at >= since + 1 && !known.has(fingerprint(id)))).toEqual([]);
				});
			}),
			{ numRuns: 100 },
		);
	});

	it('whatever Exchange answers: each wanted id is queued once, none is dropped, and the cursor stays small', () => {
		const id = fc
			.integer({ min: 0, max: 60 })
			.map((number) => `AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A-message-number-${String(number).padStart(20, '0')}`);
		const step = fc.oneof(
			{
				weight: 5,
				arbitrary: fc.record({
					kind: fc.constant('page' as const),
					ids: fc.array(id, { maxLength: 12 }),
					last: fc.boolean(),
					removed: fc.array(fc.boolean(), { maxLength: 12 }),
				}),
			},
			{ weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const) }) },
			{
				weight: 4,
				arbitrary: fc.record({ kind: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 9 }) }),
			},
		);
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				let state = start();
				const wanted = new Set<string>();
				const delivered: string[] = [];
				for (const [at, what] of steps.entries()) {
					const before = JSON.stringify(state);
					const previous = state;
					if (what.kind === 'forget') state = restart(state);
					else if (what.kind === 'deliver') {
						const now = state.todo.slice(0, what.count).map(([one]) => one);
						delivered.push(...now);
						state = settle(state, new Set(now));
					} else {
						const rows = what.ids.map((one, index) => row(one, NOW + at, { removed: what.removed[index] ?? false }));
						for (const one of rows) if (!one.removed) wanted.add(one.id);
						state = applyPage(state, {
							rows,
							...(what.last ? { deltaLink: `D${at}` } : { nextLink: `N${at}` }),
							serverTime: NOW,
						});
					}
					// Pure: the old state can be used again after a crash.
					expect(JSON.stringify(previous)).toBe(before);
					expect(JSON.parse(JSON.stringify(state))).toEqual(state);
				}
				const all = [...delivered, ...ids(state)];
				expect(new Set(all)).toEqual(wanted);
				expect(all).toHaveLength(wanted.size);
			}),
			{ numRuns: 200 },
		);
	});
});

describe('fingerprints of messages that were seen', () => {
	it('the newest are kept, in order, whatever is added twice', () => {
		fc.assert(
			fc.property(fc.array(fc.string(), { maxLength: 80 }), fc.integer({ min: 1, max: 20 }), (texts, max) => {
				let seen = '';
				for (const text of texts) seen = remember(seen, [fingerprint(text)], max);
				const expected = [...new Set([...texts].reverse().map(fingerprint))].slice(0, max).reverse();
				expect([...fingerprintSet(seen)]).toEqual(expected);
				expect(seen).toHaveLength(8 * expected.length);
			}),
		);
	});
});

describe('the cursor by lastModifiedDateTime', () => {
	const begin = (floor?: number) => start({ method: 'modified', ...(floor === undefined ? {} : { floor }) });
	const page = (state: GraphFolderState, rows: Row[], nextLink?: string) =>
		applyModifiedPage(state, { rows, serverTime: NOW, ...(nextLink ? { nextLink } : {}) });

	it('pages go by time, not by count: deletions between two pages shift nothing', () => {
		const state = page(begin(NOW - DAY), [row('a', NOW - 50), row('b', NOW - 40)], 'skip 2');
		expect(state).toMatchObject({ link: '', walking: true });
		expect(state.mark!.from).toBe(NOW - 40);
		const next = page(state, [row('b', NOW - 40), row('c', NOW - 30)]);
		expect(ids(next)).toEqual(['a', 'b', 'c']);
		expect(next.walking).toBe(false);
	});

	it('more messages of one second than fit a page are followed by the link', () => {
		let state = page(begin(NOW - DAY), [row('a', NOW), row('b', NOW)], 'skip 2');
		state = page(state, [row('a', NOW), row('b', NOW)], 'skip 2');
		expect(state.link).toBe('skip 2');
		state = page(state, [row('c', NOW)]);
		expect(ids(state)).toEqual(['a', 'b', 'c']);
	});

	it('a round reaches back behind the newest row, and not behind what is remembered', () => {
		let state = page(begin(NOW - 30 * DAY), [row('a', NOW)]);
		expect(state.mark!.from).toBe(NOW - GRAPH_LIMITS.modifiedOverlapSeconds);
		const many = Array.from({ length: GRAPH_LIMITS.maxSeen + 50 }, (_unused, index) => row(`m${index}`, NOW + index));
		state = page(settle(state, new Set(ids(state))), many);
		expect(ids(state)).toHaveLength(many.length);
		const known = settle(state, new Set(ids(state)));
		const again = page(
			known,
			many.filter(({ modifiedAt }) => modifiedAt! >= known.mark!.from),
		);
		expect(ids(again)).toEqual([]);
	});

	it('a message passed over in the look-back is taken when it is moved in later', () => {
		let state = page(begin(NOW - DAY), [row('old', NOW - 9 * DAY, { modifiedAt: NOW - DAY })]);
		expect(ids(state)).toEqual([]);
		state = page(state, [row('old', NOW - 9 * DAY, { modifiedAt: NOW + 60 })]);
		expect(ids(state)).toEqual(['old']);
	});
});
