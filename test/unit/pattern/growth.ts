/**
 * How the time of everything that takes a pattern grows with the pattern. Run by `growth.test.ts` in a process of its own,
 * for what goes wrong here does not come back: prints one JSON line before and one behind each measurement.
 */
import { planHunt, translatePattern } from '../../../lib/esa';
import { isError } from '../../../lib/errors';
import { buildPattern, matchPattern, parsePattern, printPattern, validatePattern } from '../../../lib/pattern';
import type { Bundle } from '../../../lib/stix';

type Objects = Array<{ type: string } & Record<string, unknown>>;

/** A pattern of so many characters, about, and what it is matched against. */
interface Hostile {
	pattern(characters: number): string;
	/** Cyber-observables, or observed-data with theirs; may grow with the pattern. */
	objects?(characters: number): Objects;
}

/** As many of them as make so many characters. */
function many(characters: number, separator: string, one: (i: number) => string): string {
	const parts: string[] = [];
	for (let length = 0; length < characters; length += parts.at(-1)!.length + separator.length)
		parts.push(one(parts.length));
	return parts.join(separator);
}

const list = (count: number, one: (i: number) => Objects[number]): Objects =>
	Array.from({ length: count }, (_, i) => one(i));
const observed = (count: number, object: (i: number) => object): Objects =>
	list(count, (i) => ({
		type: 'observed-data',
		id: `observed-data--${i}`,
		first_observed: new Date(1.7e12 + i * 1000).toISOString(),
		last_observed: new Date(1.7e12 + i * 1000).toISOString(),
		objects: { 0: object(i) },
	}));

const EVENT = 'x-cisco-email-msgevent';
const EVENTS = ['spam_positive', 'virus_positive', 'graymail', 'hard_bounced', 'soft_bounced', 'dane_failure'];
const event = (i: number) => `${EVENT}:${EVENTS[i % EVENTS.length]} = 'true'`;
const START_STOP = "START t'2020-01-01T00:00:00Z' STOP t'2030-01-01T00:00:00Z'";

export const HOSTILE: Readonly<Record<string, Hostile>> = {
	'ANDs of one property': {
		pattern: (n) => `[${many(n, ' AND ', (i) => `email-message:subject LIKE '%${i}%'`)}]`,
		objects: () => [{ type: 'email-message', subject: 'invoice 0 1 2 3 4 5 6 7 8 9' }],
	},
	'ANDs of events': { pattern: (n) => `[${many(n, ' AND ', (i) => `${EVENT}:url_reputation = 'v${i}'`)}]` },
	'ANDs of properties of other names': {
		pattern: (n) => `[${many(n, ' AND ', (i) => `file:x_${i} = 1`)}]`,
		objects: (n) => [{ type: 'file', ...Object.fromEntries(Array.from({ length: n / 20 }, (_, i) => [`x_${i}`, 1])) }],
	},
	'ANDs of object types': {
		pattern: (n) => `[${many(n, ' AND ', (i) => `x-${i}:v = 1`)}]`,
		objects: (n) => list(n / 20, (i) => ({ type: `x-${i}`, v: 1 })),
	},
	'ANDs of two object types': {
		pattern: (n) => `[${many(n, ' AND ', () => 'x-a:v != 0')} AND x-b:v = 1]`,
		objects: () => [...list(3, (i) => ({ type: 'x-a', v: i + 1 })), { type: 'x-b', v: 1 }],
	},
	'ORs of one property': {
		pattern: (n) => `[${many(n, ' OR ', (i) => `domain-name:value = '${i}.example'`)}]`,
		objects: (n) => list(n / 100, (i) => ({ type: 'domain-name', value: `${i}.test` })),
	},
	'ORs of object types': {
		pattern: (n) => `[${many(n, ' OR ', (i) => `x-${i}:v = 1`)}]`,
		objects: (n) => list(n / 20, (i) => ({ type: `x-${i}`, v: 2 })),
	},
	'ORs of networks': {
		pattern: (n) => `[${many(n, ' OR ', (i) => `ipv4-addr:value ISSUBSET '10.${(i >> 8) & 255}.${i & 255}.0/24'`)}]`,
		objects: () => list(50, (i) => ({ type: 'ipv4-addr', value: `192.0.2.${i}` })),
	},
	'IN of texts': { pattern: (n) => `[email-addr:value IN (${many(n, ', ', (i) => `'${i}@example.com'`)})]` },
	'IN of numbers': {
		pattern: (n) => `[file:size IN (${many(n, ', ', (i) => String(i))})]`,
		objects: (n) => list(n / 100, (i) => ({ type: 'file', size: -i })),
	},
	'IN of times': {
		pattern: (n) => `[email-message:date IN (${many(n, ', ', (i) => `t'2024-01-01T00:00:00.${i}Z'`)})]`,
		objects: (n) => list(n / 1000, (i) => ({ type: 'email-message', date: `2023-01-01T00:00:00.${i}Z` })),
	},
	'IN of an event': { pattern: (n) => `[${EVENT}:url_reputation IN (${many(n, ', ', (i) => `'v${i}'`)})]` },
	'INs joined by AND': {
		pattern: (n) => `[${many(n, ' AND ', (i) => `email-message:subject IN ('a${i}', 'b${i}')`)}]`,
	},
	'a long list beside many ORs': {
		pattern: (n) =>
			`[(${many(n / 2, ' OR ', (i) => `email-message:subject = 's${i % 900}'`)
				.split(' OR ')
				.slice(0, 900)
				.join(' OR ')}) AND email-addr:value IN (${many(n / 2, ', ', (i) => `'${i}@example.com'`)})]`,
	},
	'many ANDs beside many ORs': {
		pattern: (n) => {
			const ors = many(n / 2, ' OR ', (i) => `email-message:subject = 's${i}'`)
				.split(' OR ')
				.slice(0, 900);
			const ands = many(n / 2, ' AND ', (i) => `${EVENT}:url_reputation = 'v${i}'`)
				.split(' AND ')
				.slice(0, 900);
			return `[(${ors.join(' OR ')}) AND ${ands.join(' AND ')}]`;
		},
	},
	'observations joined by OR, of events': { pattern: (n) => many(n, ' OR ', (i) => `[${event(i)}]`) },
	'observations joined by OR, many ORs in each': {
		pattern: (n) =>
			many(
				n,
				' OR ',
				(i) => `[${Array.from({ length: 500 }, (_, j) => `${EVENT}:url_reputation = 'v${i}.${j}'`).join(' OR ')}]`,
			),
	},
	'observations joined by OR': {
		pattern: (n) => many(n, ' OR ', (i) => `[file:name = '${i}']`),
		objects: () => observed(50, (i) => ({ type: 'file', name: `no ${i}` })),
	},
	'observations joined by AND': {
		pattern: (n) => many(n, ' AND ', (i) => `[file:name != '${i}']`),
		objects: () => observed(1000, (i) => ({ type: 'file', name: `no ${i}` })),
	},
	'observations joined by FOLLOWEDBY': {
		pattern: (n) => many(n, ' FOLLOWEDBY ', (i) => `[file:name != '${i}']`),
		objects: () => observed(1000, (i) => ({ type: 'file', name: `no ${i}` })),
	},
	'pairs of observations joined by OR': {
		pattern: (n) => many(n, ' OR ', (i) => `([file:name != '${i}'] AND [file:name != 'x'])`),
		objects: () => observed(5, (i) => ({ type: 'file', name: `no ${i}` })),
	},
	'ways to choose beside many observations': {
		pattern: (n) =>
			[
				...Array.from(
					{ length: 9 },
					(_, i) => `([file:name != '${i}'] OR ([file:name != 'x'] FOLLOWEDBY [file:name != 'y']))`,
				),
				many(n - 700, ' AND ', (i) => `[file:name != '${i}']`),
			].join(' AND '),
		objects: () => observed(1000, (i) => ({ type: 'file', name: `no ${i}` })),
	},
	'REPEATS of a choice': {
		pattern: (n) =>
			`([file:name != 'a'] OR ([file:name != 'b'] AND [file:name != 'c'])) REPEATS ${Math.min(490, n >> 8)} TIMES`,
		objects: () => observed(1000, (i) => ({ type: 'file', name: `no ${i}` })),
	},
	'WITHIN again and again': {
		pattern: (n) => `([file:name = 'a'] AND [file:name = 'b']) ${many(n, ' ', () => 'WITHIN 5 SECONDS')}`,
		objects: () => observed(20, (i) => ({ type: 'file', name: i % 2 === 0 ? 'a' : 'b' })),
	},
	'START and STOP again and again': {
		pattern: (n) => `([file:name = 'a'] AND [file:name = 'b']) ${many(n, ' ', () => START_STOP)}`,
		objects: () => observed(20, (i) => ({ type: 'file', name: i % 2 === 0 ? 'a' : 'b' })),
	},
	'REPEATS again and again': {
		pattern: (n) => `([file:name = 'a'] OR [file:name = 'b']) ${many(n, ' ', () => 'REPEATS 1 TIMES')}`,
		objects: () => observed(20, (i) => ({ type: 'file', name: i % 2 === 0 ? 'a' : 'b' })),
	},
	'a path of keys': {
		pattern: (n) => `[file:${many(n, '.', () => 'a')} = 1]`,
		objects: () => [{ type: 'file', a: { a: 1 } }],
	},
	'a path of negative indices': { pattern: (n) => `[file:a${many(n, '', () => '[-1]')} = 1]` },
	'a path of lists without index': { pattern: (n) => `[file:${many(n, '.', () => 'a_refs')} = 1]` },
	'a path of a long name': { pattern: (n) => `[file:${'a'.repeat(n)} = 1]` },
	'parentheses inside one another': {
		pattern: (n) => {
			let inner = many(n - 8_000, ' OR ', (i) => `file:name = '${i}'`);
			for (let depth = 0; depth < 200; depth++)
				inner = `(${inner}) ${depth % 2 === 0 ? 'AND' : 'OR'} file:size = ${depth}`;
			return `[${inner}]`;
		},
		objects: () => [{ type: 'file', name: 'x' }],
	},
	'observations in nested parentheses': {
		pattern: (n) => {
			let inner = many(n - 8_000, ' OR ', (i) => `[file:name = '${i}']`);
			for (let depth = 0; depth < 200; depth++)
				inner = `(${inner}) ${depth % 2 === 0 ? 'AND' : 'OR'} [file:size = ${depth}]`;
			return inner;
		},
		objects: () => observed(5, (i) => ({ type: 'file', name: `x${i}` })),
	},
	'parentheses of one kind inside one another': {
		pattern: (n) => {
			const inner = many(n - 16_000, ' OR ', (i) => `file:name = '${i}'`);
			const left = Array.from({ length: 200 }, (_, i) => ` OR file:size = ${i})`).join('');
			const right = Array.from({ length: 200 }, (_, i) => `(file:size = ${i} OR `).join('');
			return `[${right}${'('.repeat(200)}${inner}${left}${')'.repeat(200)}]`;
		},
		objects: () => [{ type: 'file', name: 'x' }],
	},
	'as many alternatives as are allowed': {
		pattern: () => {
			const ors = Array.from({ length: 240 }, (_, i) => `email-message:subject = 's${i}'`);
			const ands = Array.from({ length: 999 }, (_, i) => `${EVENT}:url_reputation = 'v${i}'`);
			return `[(${ors.join(' OR ')}) AND ${ands.join(' AND ')}]`;
		},
	},
	'as many filters as are allowed': {
		pattern: () => {
			const ors = Array.from({ length: 240 }, (_, i) => `email-message:subject = 's${i}'`);
			const ands = Array.from({ length: 999 }, (_, i) => `email-message:subject != 'v${i}'`);
			return `[(${ors.join(' OR ')}) AND ${ands.join(' AND ')}]`;
		},
	},
	'one long text in LIKE': {
		pattern: (n) => `[email-message:subject LIKE '${'%a_'.repeat(n / 3)}']`,
		objects: () => [{ type: 'email-message', subject: 'a'.repeat(1000) }],
	},
	'one long text': { pattern: (n) => `[email-message:subject = '${'é'.repeat(n)}']` },
};

const NOW = { now: new Date('2026-01-01T00:00:00Z'), timeRangeMinutes: 60 };

const USES: Readonly<Record<string, (pattern: string, hostile: Hostile, characters: number) => unknown>> = {
	'parse and print': (pattern) => printPattern(parsePattern(pattern)),
	validate: (pattern) => JSON.stringify(validatePattern(pattern)),
	match: (pattern, { objects }, characters) =>
		matchPattern(pattern, objects?.(characters) ?? [{ type: 'file', name: 'a' }]),
	build: (pattern) =>
		buildPattern({ objects: [{ type: 'indicator', pattern, pattern_type: 'stix' }] } as unknown as Bundle, {
			combine: 'sets',
			maximumTerms: 1_000_000,
		}),
	plan: (pattern) => JSON.stringify(planHunt(pattern, NOW)),
	translate: (pattern) => JSON.stringify(translatePattern(pattern, NOW)),
};

export interface Measured {
	name: string;
	use: string;
	characters: number;
	/** Milliseconds of processor time, the best of up to three runs. */
	cpu?: number;
	/** The stable code of the error that it ended with, `ok`, or the name of an error that is a fault of ours. */
	outcome?: string;
}

function outcomeOf(run: () => unknown): string {
	try {
		run();
		return 'ok';
	} catch (error) {
		const { code } = error as { code?: unknown };
		return typeof code === 'string'
			? code
			: isError(error)
				? `${error.name}: ${error.message.slice(0, 200)}`
				: String(error);
	}
}

/** Measures everything at these sizes; `report` is told before (without time) and behind each. */
export function measure(sizes: readonly number[], report: (one: Measured) => void, only?: string): void {
	for (const [name, hostile] of Object.entries(HOSTILE)) {
		if (only !== undefined && !name.includes(only)) continue;
		const patterns = sizes.map((characters) => hostile.pattern(characters));
		for (const [use, run] of Object.entries(USES)) {
			sizes.forEach((characters, i) => {
				const one = { name, use, characters };
				report(one);
				let cpu = Number.POSITIVE_INFINITY;
				let outcome = '';
				const ending = performance.now() + 400;
				// The first runs of a process are slow, and others use this machine: the best counts.
				for (let round = 0; round < 3 && (round === 0 || performance.now() < ending); round++) {
					const before = process.cpuUsage();
					outcome = outcomeOf(() => run(patterns[i]!, hostile, characters));
					const { user, system } = process.cpuUsage(before);
					cpu = Math.min(cpu, (user + system) / 1000);
				}
				report({ ...one, cpu, outcome });
			});
		}
	}
}

if (require.main === module) {
	const [sizes = '65536,524288', only] = process.argv.slice(2);
	measure(sizes.split(',').map(Number), (one) => process.stdout.write(`${JSON.stringify(one)}\n`), only);
}
