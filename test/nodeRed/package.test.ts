import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	HUNT_DEFAULTS,
	IMAP_DEFAULTS,
	PATTERN_DEFAULTS,
	POLL_DEFAULTS,
	READER_DEFAULTS,
	SIMILAR_DEFAULTS,
	TRIGGER_DEFAULTS,
} from '../../lib/defaults';
import { EXTRACT_KINDS, BUNDLE_PARTS, USUAL_KINDS, USUAL_PARTS } from '../../lib/flow';
import { INDICATOR_FLAGS, LEAVE_OUT_PRESETS } from '../../lib/indicators';
import { DELIVERY_LIMITS, HUNT_LIMITS, INDICATOR_LIMITS, SETTING_LIMITS, STIX_LIMITS } from '../../lib/limits';
import { NODE_RED_DEFAULTS } from '../../node-red/shared/defaults';
import { forms, type Form } from '../lab/nodeRed/forms';

// What Node-RED is told about the package. No Node-RED is needed for it.

const root = join(__dirname, '../..');
const home = join(root, 'node-red');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Manifest {
	version: string;
	engines: object;
	license: string;
	dependencies: Record<string, string>;
	peerDependencies?: object;
	'node-red': { nodes: Record<string, string> };
}
const ours = JSON.parse(read('node-red/package.json')) as Manifest;
const n8ns = JSON.parse(read('package.json')) as Manifest;

it('the package stands on what lib stands on, and on nothing of n8n', () => {
	expect(ours).toMatchObject({ version: n8ns.version, engines: n8ns.engines, license: n8ns.license });
	expect(ours.dependencies).toEqual(n8ns.dependencies);
	expect(ours.peerDependencies).toBeUndefined();
	expect(read('node-red/LICENSE')).toBe(read('LICENSE'));
});

const validators = forms.flatMap(({ type, definition }) =>
	Object.entries(definition.defaults).flatMap(([name, { validate }]) =>
		validate?.range === undefined ? [] : [{ name: `${type}.${name}`, range: validate.range }],
	),
);

it('names every file of a node, and no other', () => {
	const named = Object.values(ours['node-red'].nodes).map((path) =>
		path.replace(/^dist\/node-red\//, '').replace(/\.js$/, ''),
	);
	const there = (ending: string) =>
		readdirSync(home)
			.filter((name) => name.endsWith(ending))
			.map((name) => name.slice(0, -ending.length));
	expect(there('.ts').sort()).toEqual([...named].sort());
	expect(there('.html').sort()).toEqual([...named].sort());
});

describe.each(forms.map((form): [string, Form] => [form.type, form]))('%s', (type, { html, definition }) => {
	it('has a form with a field for each of its properties, and a property for each field', () => {
		const isConfig = definition.category === 'config';
		const form = new RegExp(`data-template-name="${type}">([\\s\\S]*?)</script>`).exec(html)![1]!;
		const prefix = isConfig ? 'node-config-input-' : 'node-input-';
		const fields = [...form.matchAll(/\sid="(node-(?:config-)?input-[^"]+)"/g)].map(([, id]) =>
			id!.slice(prefix.length),
		);
		const wanted = [...Object.keys(definition.defaults), ...Object.keys(definition.credentials ?? {})];
		expect(fields.sort()).toEqual(wanted.sort());
		expect(new Set(fields).size).toBe(fields.length);
		// Of one letter, or a name that the editor uses itself.
		expect(wanted.filter((name) => /^(?:.|id|type|wires|inputs|outputs)$/.test(name))).toEqual([]);
	});

	it('has a help that begins with what it does', () => {
		const help = new RegExp(`data-help-name="${type}">([\\s\\S]*?)</script>`).exec(html)![1]!;
		expect(help.trim()).toMatch(/^<p>\s*[A-Z][^<]{20,}/);
		expect(help).toContain('<h3>Details</h3>');
		if (definition.category === 'config') return;
		expect(help).toContain('<h3>Outputs</h3>');
		if (type !== 'email-intel-mailbox-in') expect(help).toContain('<h3>Inputs</h3>');
	});

	it('has an icon that is there', () => {
		if (definition.category === 'config') return;
		expect([home, root].some((folder) => existsSync(join(folder, 'icons', definition.icon!)))).toBe(true);
	});

	it('begins with choices that its form offers', () => {
		for (const [name, { value }] of Object.entries(definition.defaults)) {
			const select = new RegExp(`<select id="node-(?:config-)?input-${name}">([\\s\\S]*?)</select>`).exec(html)?.[1];
			if (select === undefined) continue;
			expect([name, [...select.matchAll(/value="([^"]*)"/g)].map(([, option]) => option)]).toEqual([
				name,
				expect.arrayContaining([value]),
			]);
		}
	});
});

describe('the forms say what the nodes do', () => {
	const value = (type: string, name: string) =>
		forms.find((node) => node.type === `email-intel-${type}`)!.definition.defaults[name]!.value;
	it.each<[string, string, unknown]>([
		['imap', 'port', IMAP_DEFAULTS.port],
		['mailbox-in', 'interval', NODE_RED_DEFAULTS.intervalSeconds],
		['mailbox-in', 'timeout', NODE_RED_DEFAULTS.timeoutMinutes],
		['mailbox-in', 'maxInFlight', NODE_RED_DEFAULTS.maxInFlight],
		['mailbox-in', 'firstRun', POLL_DEFAULTS.firstRunLookBack],
		['mailbox-in', 'firstRunLimit', TRIGGER_DEFAULTS.firstRunCap],
		['mailbox-in', 'maxMessageSize', TRIGGER_DEFAULTS.messageMegabytes],
		['mailbox-in', 'maxAttachmentSize', TRIGGER_DEFAULTS.attachmentMegabytes],
		['mailbox-in', 'maxAttachments', TRIGGER_DEFAULTS.attachments],
		['mailbox-read', 'maxAttachmentSize', TRIGGER_DEFAULTS.attachmentMegabytes],
		['mailbox-read', 'maxAttachments', TRIGGER_DEFAULTS.attachments],
		['mailbox-read', 'limit', READER_DEFAULTS.limit],
		['email-to-stix', 'maxIndicators', INDICATOR_LIMITS.maxIndicators],
		['email-to-stix', 'author', NODE_RED_DEFAULTS.author],
		['email-to-stix', 'extract', USUAL_KINDS],
		['email-to-stix', 'include', USUAL_PARTS],
		['email-to-stix', 'leaveOutFlags', LEAVE_OUT_PRESETS.phishingTriage],
		['opencti-report', 'leaveOutFlags', LEAVE_OUT_PRESETS.phishingTriage],
		['opencti-report', 'limit', SIMILAR_DEFAULTS.limit],
		['stix-pattern', 'maximumTerms', PATTERN_DEFAULTS.maximumTerms],
		['hunt', 'lookBack', HUNT_DEFAULTS.lookBackDays],
		['hunt', 'maxRows', HUNT_DEFAULTS.maxRows],
	])('%s: %s', (type, name, expected) => expect(value(type, name)).toBe(String(expected)));

	it.each<[string, number, number]>([
		['email-intel-imap.port', 1, SETTING_LIMITS.maxPort],
		['email-intel-mailbox-in.interval', 1, DELIVERY_LIMITS.maxIntervalSeconds],
		['email-intel-mailbox-in.timeout', 1, DELIVERY_LIMITS.maxTimeoutMinutes],
		['email-intel-mailbox-in.maxInFlight', 1, DELIVERY_LIMITS.maxInFlight],
		['email-intel-mailbox-in.firstRunLimit', 0, SETTING_LIMITS.maxCount],
		['email-intel-email-to-stix.confidence', 0, STIX_LIMITS.maxConfidence],
		['email-intel-stix-pattern.maximumTerms', 1, SETTING_LIMITS.maxCount],
		['email-intel-hunt.lookBack', 1, HUNT_LIMITS.maxTimeRangeMinutes],
	])('bounds of %s', (name, least, most) =>
		expect(validators.find((one) => one.name === name)?.range).toEqual([least, most]),
	);
});

it.each<[string, string, readonly string[]]>([
	['email-to-stix', 'extract', EXTRACT_KINDS],
	['email-to-stix', 'include', BUNDLE_PARTS],
	['email-to-stix', 'leaveOutFlags', INDICATOR_FLAGS],
	['opencti-report', 'leaveOutFlags', INDICATOR_FLAGS],
])('%s offers what %s takes', (type, name, known) => {
	const { html } = forms.find((form) => form.type === `email-intel-${type}`)!;
	const list = new RegExp(`data-field="${name}"[^>]*>([\\s\\S]*?)</select>`).exec(html)![1]!;
	const offered = [...list.matchAll(/value="([^"]*)"/g)].map(([, value]) => value!);
	expect(offered.filter((value) => !known.includes(value))).toEqual([]);
	expect(offered.length).toBeGreaterThan(7);
});

it('every example has the properties that its nodes have', () => {
	for (const file of readdirSync(join(home, 'examples'))) {
		const flow = JSON.parse(read(`node-red/examples/${file}`)) as ({ id: string; type: string } & Record<
			string,
			unknown
		>)[];
		for (const { id: _id, type, ...entry } of flow) {
			const node = forms.find((one) => one.type === type);
			if (node === undefined) continue;
			const names = Object.keys(entry).filter((name) => !['z', 'x', 'y', 'wires'].includes(name));
			expect([file, type, names.sort()]).toEqual([file, type, Object.keys(node.definition.defaults).sort()]);
		}
	}
});
