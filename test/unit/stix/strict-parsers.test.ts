import { PAP_MARKINGS, TLP_MARKINGS, emailToBundle, papMarking, stixId, tlpMarking } from '../../../lib/stix';
import type { PapLevel, TlpLevel } from '../../../lib/stix';
import { message, multipart } from './emails';
import { expectValid } from './validity';

/*
 * What OASIS' Python library refuses without `allow_custom`, and its validator calls an error: custom properties of markings, ids
 * of another version than the specification demands.
 */

const VERSION_4 = /--[0-9a-f]{8}-[0-9a-f]{4}-4/;
const tlpLevels = Object.keys(TLP_MARKINGS) as TlpLevel[];
const papLevels = Object.keys(PAP_MARKINGS) as PapLevel[];
const messageOf = (bundle: ReturnType<typeof emailToBundle>) => {
	const found = bundle.objects.find((object) => object.type === 'email-message');
	if (found === undefined) throw new Error('no message');
	return found;
};

describe('markings that strict parsers and OpenCTI take', () => {
	it.each([
		...tlpLevels.map((level) => [level, tlpMarking(level)] as const),
		...papLevels.map((level) => [level, papMarking(level)] as const),
	])('%s has no custom property', (_level, marking) => {
		expect(Object.keys(marking).filter((name) => name.startsWith('x_'))).toEqual([]);
	});

	it('TLP:AMBER+STRICT is the extension of OASIS under the id that OpenCTI has for it', () => {
		expect(tlpMarking('amber+strict')).toEqual({
			type: 'marking-definition',
			spec_version: '2.1',
			id: 'marking-definition--826578e1-40ad-459f-bc73-ede076f81f37',
			created: '2022-10-01T00:00:00.000Z',
			name: 'TLP:AMBER+STRICT',
			extensions: {
				'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d': {
					extension_type: 'property-extension',
					tlp_2_0: 'amber+strict',
				},
			},
		});
	});

	it('the four levels that STIX predefines are what the specification says they are', () => {
		const predefined = ['clear', 'green', 'amber', 'red'] as const;
		expect(predefined.map((level) => tlpMarking(level).definition)).toEqual(
			['white', 'green', 'amber', 'red'].map((tlp) => ({ tlp })),
		);
	});

	it('a PAP level is a statement of its name under the id that OpenCTI has for it', () => {
		expect(papMarking('amber')).toMatchObject({
			id: 'marking-definition--a6f20d4d-0360-59b6-ba22-3b48707828b1',
			definition_type: 'statement',
			definition: { statement: 'PAP:AMBER' },
		});
	});

	it('the id of a marking follows from each of its forms', () => {
		for (const level of tlpLevels) {
			expect(stixId('marking-definition', tlpMarking(level))).toBe(TLP_MARKINGS[level].opencti);
			expect(stixId('marking-definition', tlpMarking(level, 'oasis'))).toBe(TLP_MARKINGS[level].opencti);
		}
		for (const level of papLevels)
			expect(stixId('marking-definition', papMarking(level))).toBe(PAP_MARKINGS[level].opencti);
		const former = {
			definition_type: 'statement',
			definition: { statement: 'custom' },
			x_opencti_definition_type: 'PAP',
		};
		const named = { ...former, x_opencti_definition: 'PAP:RED' };
		expect(stixId('marking-definition', named)).toBe(PAP_MARKINGS.red.opencti);
		expect(stixId('marking-definition', { definition_type: 'statement', definition: { statement: 'Mine' } })).not.toBe(
			stixId('marking-definition', { definition_type: 'statement', definition: { statement: 'Yours' } }),
		);
	});
});

describe('a message of which nothing enters the id', () => {
	const bare = { from: [], subject: undefined, headers: [], text: undefined };

	it.each([
		['of several parts', multipart(bare)],
		['of several parts, as another node made it', multipart({ ...bare, sha256: '' })],
		['of one text that is empty', message({ ...bare, text: '', parts: [] })],
	])('%s has the form of version 4, the same on every run', (_what, email) => {
		const bundle = emailToBundle(email);
		expectValid(bundle);
		expect(messageOf(bundle).id).toMatch(VERSION_4);
		expect(emailToBundle(email)).toEqual(bundle);
	});

	it('two such messages are two objects', () => {
		const [one, other] = ['a', 'b'].map((text) =>
			messageOf(emailToBundle(multipart({ ...bare, sha256: '', messageId: text }))),
		);
		expect(one!.id).not.toBe(other!.id);
	});
});

describe('a message without text', () => {
	it.each([
		['', []],
		[undefined, []],
		['', [{ partId: '1', contentType: 'text/plain', size: 0, text: '' }]],
	])('(%j, parts %j) has no body, neither written nor in its id', (text, parts) => {
		const bundle = emailToBundle(
			message({ text, parts, subject: 'Saying Hello', from: [{ address: 'jdoe@example.com' }] }),
		);
		expectValid(bundle);
		const found = messageOf(bundle);
		expect(found).not.toHaveProperty('body');
		// The example of the specification for From and Subject alone.
		expect(found.id).toBe('email-message--16177f7c-38c5-59f4-baa5-b934fa13ce49');
	});

	it('of one blank line has it as body', () => {
		expect(messageOf(emailToBundle(message({ text: '\r\n', parts: [] })))).toHaveProperty('body', '\n');
	});
});
