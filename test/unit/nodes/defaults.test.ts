import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import * as defaults from '../../../lib/defaults';
import { durationOf } from '../../../lib/duration';
import * as limits from '../../../lib/limits';
import { everyProperty } from './descriptions';

/*
 * One value, one place: what a node offers as the default of a number or a duration is what lib means by it. A new option has to be
 * written into this table, with the place of its value.
 */

const MiB = 2 ** 20;
const { POLL_DEFAULTS: poll, TRIGGER_DEFAULTS: trigger, READER_DEFAULTS: reader, HUNT_DEFAULTS: hunt } = defaults;
const attachments = { maxAttachmentSize: trigger.attachmentMegabytes, maxAttachments: trigger.attachments };
const ofTrigger = {
	...attachments,
	firstRunLimit: trigger.firstRunCap,
	firstRunLookBack: poll.firstRunLookBack,
	maxMessageSize: trigger.messageMegabytes,
	messagesPerPoll: poll.cap,
	firstRunLookBackNumber: trigger.lookBackNumber,
};
const VALUES: Record<string, Record<string, number | string>> = {
	imapTrigger: ofTrigger,
	graphTrigger: ofTrigger,
	mailbox: { ...attachments, limit: reader.limit, uid: reader.uid, index: reader.attachmentNumber },
	emailToStix: {
		confidence: defaults.OFFERED_CONFIDENCE,
		maxArtifact: defaults.BUNDLE_DEFAULTS.maxArtifactBytes / MiB,
		maxIndicators: limits.INDICATOR_LIMITS.maxIndicators,
		maxRawEmail: defaults.BUNDLE_DEFAULTS.maxRawEmailBytes / MiB,
	},
	stixPattern: { maximumTerms: defaults.PATTERN_DEFAULTS.maximumTerms },
	ciscoEsa: { maxRequests: hunt.maxRequests, maxRows: hunt.maxRows, mid: hunt.mid, lookBack: hunt.lookBackDays },
	microsoft365Hunt: {
		maxRequests: defaults.MICROSOFT_HUNT_DEFAULTS.maxRequests,
		maxRows: hunt.maxRows,
		lookBack: hunt.lookBackDays,
	},
	openCti: { confidence: defaults.OFFERED_CONFIDENCE, limit: defaults.SIMILAR_DEFAULTS.limit },
	emailIntelImapApi: { port: defaults.IMAP_DEFAULTS.port },
};

const counted = everyProperty().filter(
	({ property: { type, default: value } }) =>
		type === 'number' || (typeof value === 'string' && durationOf(value) !== undefined),
);

it.each(counted.map((shown): [string, string, typeof shown] => [shown.ownerTitle, shown.property.displayName, shown]))(
	'%s: %s is what lib means by it',
	(_owner, _name, { owner, property }) => {
		expect(Object.keys(VALUES[owner] ?? {})).toContain(property.name);
		expect(property.default).toBe(VALUES[owner]![property.name]);
	},
);

it('the table names no option that is gone', () => {
	const named = Object.entries(VALUES).flatMap(([owner, options]) =>
		Object.keys(options).map((name) => `${owner}.${name}`),
	);
	expect(named.sort()).toEqual([...new Set(counted.map(({ owner, property }) => `${owner}.${property.name}`))].sort());
});

it("Limit begins with 50, as n8n's own nodes have it", () => expect(reader.limit).toBe(50));

it('what an option means that nobody sets is within its bounds', () => {
	for (const { property } of counted.filter(({ property: { type } }) => type === 'number')) {
		const { minValue, maxValue } = property.typeOptions!;
		expect([property.displayName, property.default]).toEqual([property.displayName, expect.any(Number)]);
		expect(property.default).toBeGreaterThanOrEqual(minValue!);
		expect(property.default).toBeLessThanOrEqual(maxValue!);
	}
});

/** A number that is written out, with its sign, and sums and products of such; a duration. */
function isWritten(node: ts.Expression, known: ReadonlyMap<string, ts.Expression>): boolean {
	if (ts.isNumericLiteral(node)) return true;
	if (ts.isStringLiteral(node)) return durationOf(node.text) !== undefined;
	if (ts.isPrefixUnaryExpression(node)) return isWritten(node.operand, known);
	if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
		return isWritten(node.expression, known);
	if (ts.isBinaryExpression(node)) return isWritten(node.left, known) && isWritten(node.right, known);
	const value = ts.isIdentifier(node) ? known.get(node.text) : undefined;
	return value !== undefined && isWritten(value, new Map());
}

/** Defaults and upper bounds of properties that are numbers, or durations, of the file itself. */
function numbersIn(fileName: string, text: string): string[] {
	const file = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true);
	const known = new Map<string, ts.Expression>();
	const found: string[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined)
			known.set(node.name.text, node.initializer);
		if (ts.isPropertyAssignment(node) && /^(?:default|maxValue)$/.test(node.name.getText())) {
			if (isWritten(node.initializer, known)) found.push(node.getText());
		}
		ts.forEachChild(node, visit);
	};
	visit(file);
	return found;
}

const folder = join(__dirname, '../../..');
const sources = ['nodes', 'credentials'].flatMap((name) =>
	readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.map((file) => join(name, file)),
);

it('no node and no credential writes such a number again', () => {
	expect(sources.length).toBeGreaterThan(50);
	const found = sources.flatMap((file) =>
		numbersIn(file, readFileSync(join(folder, file), 'utf8')).map((text) => `${file}: ${text}`),
	);
	expect(found).toEqual([]);
});

it.each(['50', "'P7D'", '-1', '5 * 1000', '(50)', '50 as number', 'fifty'])('the check sees default: %s', (value) => {
	const text = `const fifty = 50; const property = { name: 'limit', default: ${value} };`;
	expect(numbersIn('a.ts', text)).toEqual([`default: ${value}`]);
});

it('the check lets through what is read from lib', () => {
	const text = "const { cap } = POLL_DEFAULTS; const property = { default: cap, a: 5, b: { default: '50' } };";
	expect(numbersIn('a.ts', text)).toEqual([]);
});
