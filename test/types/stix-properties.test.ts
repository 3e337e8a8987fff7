import { StixError, stixObject } from '../../lib/stix';
import { faultsOfText } from './compiler';

const IMPORTS = `import { stixObject, type EmailMessageObject, type StixObjectOf, type StixType, type PROPERTY_TABLES } from '../../lib/stix';\n`;

describe('a property of STIX is listed once', () => {
	it('the types of objects have the properties of the tables, and no others', () => {
		const text = `${IMPORTS}
			type Same<One, Other> = [One, Other] extends [Other, One] ? true : false;
			type Tables = typeof PROPERTY_TABLES;
			export const same: { [Type in StixType]: Same<keyof StixObjectOf<Type>, keyof Tables[Type]> } = {
				artifact: true, 'autonomous-system': true, 'cryptocurrency-wallet': true, 'domain-name': true, 'email-addr': true,
				'email-message': true, file: true, 'ipv4-addr': true, 'ipv6-addr': true, 'mac-addr': true, 'phone-number': true,
				url: true, identity: true, indicator: true, 'observed-data': true, relationship: true, report: true,
				vulnerability: true, 'marking-definition': true, 'user-account': true, 'windows-registry-key': true, 'attack-pattern': true,
			};
			// Not every property of every object: a name is a name of the table.
			export const names: Same<keyof Tables['email-message'], string> = false;`;
		expect(faultsOfText(text)).toEqual([]);
	});

	it('a property that no table lists compiles neither where it is written nor where it is read', () => {
		expect(
			faultsOfText(
				`${IMPORTS}export const message = stixObject('email-message', { is_multipart: false, x_spam: 'no' });`,
			),
		).toEqual([expect.stringContaining("'x_spam' does not exist")]);
		expect(faultsOfText(`${IMPORTS}export const read = (message: EmailMessageObject) => message.x_spam;`)).toEqual([
			expect.stringContaining("'x_spam' does not exist"),
		]);
	});

	it('what a table requires cannot be left out, and what has few values takes no other', () => {
		expect(faultsOfText(`${IMPORTS}export const message = stixObject('email-message', { subject: 'a' });`)).toEqual([
			expect.stringContaining("'is_multipart' is missing"),
		]);
		expect(
			faultsOfText(`${IMPORTS}export const file = stixObject('artifact', { encryption_algorithm: 'rot13' });`),
		).toEqual([expect.stringContaining('"rot13"')]);
	});

	it('values have the type of their kind', () => {
		const text = `${IMPORTS}
			export const read = (message: EmailMessageObject, file: StixObjectOf<'file'>) => {
				const type: 'email-message' = message.type;
				const version: '2.1' = message.spec_version;
				const multipart: boolean = message.is_multipart;
				const subject: string | undefined = message.subject;
				const to: string[] | undefined = message.to_refs;
				const fields: Record<string, string | string[]> | undefined = message.additional_header_fields;
				const size: number | undefined = file.size;
				return { type, version, multipart, subject, to, fields, size };
			};
			export const maybe = (name: string | undefined) => stixObject('file', { name, size: undefined });`;
		expect(faultsOfText(text, { exactOptionalPropertyTypes: true })).toEqual([]);
	});
});

describe('stixObject, called without types', () => {
	const refusal = (type: string, properties: object) => {
		try {
			stixObject(type as 'url', properties as { value: string });
		} catch (error) {
			return error;
		}
		return undefined;
	};

	it.each([
		['an unlisted property', 'url', { value: 'http://a.example/', x_note: 'a' }, "'x_note'"],
		[
			'a name that every object of JavaScript has',
			'url',
			{ value: 'http://a.example/', constructor: 'a' },
			"'constructor'",
		],
		['an unlisted type', 'malware', { name: 'a' }, "'malware'"],
		['a type that every object of JavaScript has', 'toString', {}, "'toString'"],
	])('refuses %s instead of leaving it out', (_what, type, properties, named) => {
		const error = refusal(type, properties);
		expect(error).toBeInstanceOf(StixError);
		expect(error).toMatchObject({ code: 'STIX_PROPERTY_UNKNOWN', message: expect.stringContaining(named) });
	});

	it('takes what is given as undefined for absent', () => {
		expect(refusal('url', { value: 'http://a.example/', x_note: undefined })).toBeUndefined();
	});
});
