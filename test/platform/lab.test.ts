import { startOpenCti, type LabVersion, type OpenCtiLab } from '../lab/opencti';
import { read, refused, type Target } from './plain';
import { rulesOf, STRICT } from './rules';
import { platformSuite } from './suite';

/** Everything that the suite for a live platform needs, and no more. */
const CAPABILITIES = [
	'KNOWLEDGE_KNUPDATE_KNDELETE',
	'KNOWLEDGE_KNUPLOAD',
	'KNOWLEDGE_KNASKIMPORT',
	'SETTINGS_SETLABELS',
	'APIACCESS_USETOKEN',
	'CONNECTORAPI',
	'MODULES',
];

describe.each<LabVersion>(['6.1.1', '6.4.11', '7.260817.0'])("the lab's OpenCTI %s", (version) => {
	let lab: OpenCtiLab;
	const target = (): Target => ({ url: lab.url, token: lab.token, version, run: 'lab00001' });

	beforeAll(async () => {
		lab = await startOpenCti({ version, users: [{ token: 'suite', capabilities: CAPABILITIES }] });
	});
	afterAll(async () => {
		await lab.close();
	});

	it.each(rulesOf(version).map((rule) => [rule.name, rule] as const))('keeps the rule: %s', async (_name, rule) => {
		await rule.holds(target());
	});

	platformSuite(target);
});

const REPORT =
	'mutation R($input: ReportAddInput!) { reportAdd(input: $input) { id description objectMarking { definition } objects { edges { node { ... on DomainName { id } } } } } }';
const report = (more: object = {}) => ({
	input: { name: 'Theirs', published: '2026-01-01T00:00:00Z', description: 'as it was', ...more },
});
const DOMAIN =
	'mutation D($value: String!, $stix_id: StixId) { stixCyberObservableAdd(type: "Domain-Name", DomainName: {value: $value}, stix_id: $stix_id) { id } }';

/** What takes a second user, or a setting, to see. */
describe('the lab, to several users', () => {
	let lab: OpenCtiLab;
	const as = (token: string): Target => ({ url: lab.url, token, version: '7.260817.0', run: 'lab00002' });

	beforeAll(async () => {
		lab = await startOpenCti({
			excluded: ['excluded.example'],
			users: [
				{ token: 'owner', capabilities: CAPABILITIES },
				{ token: 'lower', capabilities: CAPABILITIES, maxConfidence: 50 },
				{ token: 'green', capabilities: CAPABILITIES, allowedMarkings: ['TLP:CLEAR', 'TLP:GREEN'] },
			],
		});
	});
	afterAll(async () => {
		await lab.close();
	});

	it('ignores text and objects of a user with less confidence, without an error; an edit is refused', async () => {
		const { reportAdd: theirs } = await read<{ reportAdd: { id: string } }>(as('owner'), REPORT, report());
		const { stixCyberObservableAdd: added } = await read<{ stixCyberObservableAdd: { id: string } }>(
			as('lower'),
			DOMAIN,
			{
				value: 'lower.example',
			},
		);
		const changed = report({ description: 'changed', objects: [added.id] });
		expect((await read<{ reportAdd: object }>(as('lower'), REPORT, changed)).reportAdd).toMatchObject({
			id: theirs.id,
			description: 'as it was',
			objects: { edges: [] },
		});
		const edit =
			'mutation E($id: ID!, $input: [EditInput]!) { stixDomainObjectEdit(id: $id) { fieldPatch(input: $input) { id } } }';
		const input = [{ key: 'description', value: ['changed'] }];
		expect(await refused(as('lower'), edit, { id: theirs.id, input })).toMatchObject({
			docCode: 'INSUFFICIENT_CONFIDENCE_LEVEL',
		});
	});

	it('shows all markings to everybody, and refuses what a user may not use when it is used', async () => {
		const { markingDefinitions } = await read<{ markingDefinitions: { edges: { node: { definition: string } }[] } }>(
			as('green'),
			'{ markingDefinitions(first: 100) { edges { node { definition } } } }',
		);
		expect(markingDefinitions.edges.map(({ node }) => node.definition)).toContain('TLP:RED');
		const { me } = await read<{ me: { allowed_marking: { definition: string }[] } }>(
			as('green'),
			'{ me { allowed_marking { definition } } }',
		);
		expect(me.allowed_marking.map(({ definition }) => definition)).toEqual(['TLP:CLEAR', 'TLP:GREEN']);
		const input = report({ name: 'Not allowed', objectMarking: [STRICT] });
		expect(await refused(as('green'), REPORT, input)).toMatchObject({ code: 'MISSING_REFERENCE_ERROR' });
	});

	it('merges two objects when one id is the one and the other id the other', async () => {
		const add = async (value: string, stix_id?: string) =>
			(await read<{ stixCyberObservableAdd: { id: string } }>(as('owner'), DOMAIN, { value, stix_id }))
				.stixCyberObservableAdd.id;
		const id = 'domain-name--11111111-1111-4111-8111-111111111111';
		const one = await add('one.example', id);
		const two = await add('two.example');
		expect(await add('two.example', id)).toBe(two);
		expect(lab.store.find(one)?.id ?? lab.store.find(id)!.id).toBe(two);
	});

	it('makes no indicator of what is on an exclusion list', async () => {
		const add = 'mutation I($input: IndicatorAddInput!) { indicatorAdd(input: $input) { id } }';
		const input = { name: 'x', pattern: "[domain-name:value = 'excluded.example']", pattern_type: 'stix' };
		expect(await refused(as('owner'), add, { input })).toMatchObject({ docCode: 'INDICATOR_PATTERN_EXCLUDED' });
	});
});

/** Read in the platform's source, of utils/access.ts and of what `buildEntityData` gives a new object; that it shares by itself was seen. */
describe('the lab, whose platform belongs to an organization', () => {
	let lab: OpenCtiLab;
	const as = (token: string): Target => ({ url: lab.url, token, version: '7.260817.0', run: 'lab00003' });

	beforeAll(async () => {
		lab = await startOpenCti({
			platformOrganization: 'CERT Example',
			users: [
				{ token: 'inside', capabilities: CAPABILITIES, organizations: ['CERT Example'] },
				{ token: 'partner', capabilities: CAPABILITIES, organizations: ['Partner A'] },
				{ token: 'other', capabilities: CAPABILITIES, organizations: ['Partner B'] },
			],
		});
	});
	afterAll(async () => {
		await lab.close();
	});

	const SHARED =
		'mutation R($input: ReportAddInput!) { reportAdd(input: $input) { id objectOrganization { name } createdBy { name } } }';
	const seenBy = async (token: string, id: string) =>
		(await read<{ report: object | null }>(as(token), 'query R($id: String!) { report(id: $id) { id } }', { id }))
			.report !== null;

	it('shares what a user of another organization makes with that one, and shows it to nobody else but its own people', async () => {
		const { reportAdd: theirs } = await read<{ reportAdd: { id: string; objectOrganization: object[] } }>(
			as('partner'),
			SHARED,
			report({ name: 'Of a partner' }),
		);
		expect(theirs.objectOrganization).toEqual([{ name: 'Partner A' }]);
		expect(await Promise.all(['partner', 'inside', 'other'].map((token) => seenBy(token, theirs.id)))).toEqual([
			true,
			true,
			false,
		]);
		expect(await refused(as('other'), SHARED, report({ name: 'Of a partner' }))).toMatchObject({
			docCode: 'RESTRICTED_ELEMENT',
		});
	});

	it('shows what its own people make to nobody else, but for organizations, labels and markings', async () => {
		const { reportAdd: own } = await read<{ reportAdd: { id: string } }>(as('inside'), SHARED, report({ name: 'Own' }));
		expect(await seenBy('partner', own.id)).toBe(false);
		const { organizations } = await read<{ organizations: { edges: { node: { name: string } }[] } }>(
			as('partner'),
			'{ organizations(first: 10) { edges { node { name } } } }',
		);
		expect(organizations.edges.map(({ node }) => node.name)).toContain('CERT Example');
		const { me } = await read<{ me: { objectOrganization: { edges: object[] } } }>(
			as('partner'),
			'{ me { objectOrganization { edges { node { name } } } } }',
		);
		expect(me.objectOrganization.edges).toEqual([{ node: { name: 'Partner A' } }]);
	});
});
