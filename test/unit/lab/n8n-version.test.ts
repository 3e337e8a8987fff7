import { chooseN8n } from '../../lab/n8n/newest';
import { N8N_VERSION, newestN8n, satisfies, wantedN8n, type Manifest, type Registry } from '../../lab/n8n/version';

const NODE = '24.21.0';
const FITS: Manifest = { engines: { node: '>=24.0.0' }, bin: { n8n: './bin/n8n' } };

const [major, minor] = N8N_VERSION.split('.').map(Number);
/** Releases that are newer than the pinned one, the oldest first. */
const NEWER = [0, 1, 2, 3, 4].map((patch) => `${major}.${minor! + 1}.${patch}`);
const OLDER = `${major}.${minor! - 1}.99`;

interface World {
	versions?: unknown;
	/** What differs from a release that fits, by version. */
	manifests?: Record<string, Manifest>;
	/** Versions that do not install or start, and how often. */
	broken?: Record<string, number>;
	/** Questions in a row, from the first, to which the registry does not answer. */
	silent?: number;
}

/** Searches in such a world. Gives what was found or thrown, what was tried, and all that was told. */
async function search({ versions = [OLDER, N8N_VERSION, ...NEWER], manifests = {}, broken = {}, silent = 0 }: World) {
	const told: string[] = [];
	const tried: string[] = [];
	let asked = 0;
	const answer = <T>(value: T) => {
		asked++;
		if (asked <= silent) throw new Error('ECONNREFUSED');
		return value;
	};
	const registry: Registry = {
		versions: async () => answer(versions as string[]),
		manifest: async (version) => answer(manifests[version] ?? FITS),
	};
	const tryOut = async (version: string) => {
		tried.push(version);
		const left = (broken[version] ?? 0) - tried.filter((other) => other === version).length;
		if (left >= 0) throw new Error('npm install ended with 1');
	};
	const found = await newestN8n({ registry, node: NODE, tryOut, report: (text) => told.push(text) }).catch(
		(error: unknown) => error as Error,
	);
	return { found, tried, told: told.join('\n'), asked };
}

describe('the newest n8n', () => {
	it('is the one with the highest number, not the one that stands last', async () => {
		const [first, ...rest] = [`${major}.${minor! + 1}.10`, ...NEWER];
		const { found, tried } = await search({ versions: [first, N8N_VERSION, ...rest, OLDER] });
		expect(found).toBe(first);
		expect(tried).toEqual([first]);
	});

	it('is no pre-release', async () => {
		const { found } = await search({ versions: [N8N_VERSION, NEWER[0]!, `${major! + 1}.0.0-rc.1`, 'next'] });
		expect(found).toBe(NEWER[0]);
	});

	it.each([
		['made for another Node', { ...FITS, engines: { node: '>=26' } }, 'it needs Node >=26, and this is 24.21.0'],
		['without a command, as n8n 3 will be on npm', { engines: FITS.engines! }, 'it brings no command to start'],
		['that its makers advise against', { ...FITS, deprecated: 'broken' }, 'advise against it: broken'],
	])('is none %s, which is told and costs no installation', async (_what, manifest, reason) => {
		const newest = NEWER.at(-1)!;
		const { found, tried, told } = await search({ manifests: { [newest]: manifest } });
		expect(found).toBe(NEWER.at(-2));
		expect(tried).toEqual([NEWER.at(-2)]);
		expect(told).toContain(`n8n ${newest} is left out: `);
		expect(told).toContain(reason);
	});

	it('is taken at the second try when the first one fails', async () => {
		const { found, tried, told } = await search({ broken: { [NEWER.at(-1)!]: 1 } });
		expect(found).toBe(NEWER.at(-1));
		expect(tried).toEqual([found, found]);
		expect(told).toContain('did not install or start (first try): npm install ended with 1');
	});

	it('is the next older one when one fails twice, and both failures are told', async () => {
		const [newest, next] = [NEWER.at(-1)!, NEWER.at(-2)!];
		const { found, tried, told } = await search({ broken: { [newest]: 2 } });
		expect(found).toBe(next);
		expect(tried).toEqual([newest, newest, next]);
		expect(told).toMatch(/first try.*\n.*\n.*second try/);
		expect(told).toContain(`n8n ${newest} is given up`);
	});

	it('is the pinned one when the registry has none that is newer, and nothing is installed for it', async () => {
		const { found, tried, told } = await search({ versions: [OLDER, N8N_VERSION] });
		expect(found).toBe(N8N_VERSION);
		expect(tried).toEqual([]);
		expect(told).toContain('none that is newer');
	});

	it('is the pinned one when the only newer one does not install', async () => {
		const { found, told } = await search({ versions: [N8N_VERSION, NEWER[0]], broken: { [NEWER[0]!]: 9 } });
		expect(found).toBe(N8N_VERSION);
		expect(told).toContain(`n8n ${NEWER[0]} is given up`);
	});
});

describe('a search that fails', () => {
	it('ends after three releases that do not install, and says which', async () => {
		const broken = Object.fromEntries(NEWER.map((version) => [version, 9]));
		const { found, tried } = await search({ broken });
		expect(String(found)).toMatch(/^Error: None of /);
		expect(String(found)).toContain(`${NEWER.at(-1)} to ${NEWER.at(-3)}`);
		expect(new Set(tried).size).toBe(3);
		expect(tried).toHaveLength(6);
	});

	it('ends after twenty releases that do not fit', async () => {
		const many = Array.from({ length: 50 }, (_, patch) => `${major! + 1}.0.${patch}`);
		const manifests = Object.fromEntries(many.map((version) => [version, {}]));
		const { found, tried, asked } = await search({ versions: [N8N_VERSION, ...many], manifests });
		expect(found).toBeInstanceOf(Error);
		expect(tried).toEqual([]);
		expect(asked).toBe(21);
	});

	it('is over when the registry is silent twice, and not when it is once', async () => {
		expect((await search({ silent: 1 })).found).toBe(NEWER.at(-1));
		const { found, tried, asked } = await search({ silent: 2 });
		expect(String(found)).toMatch(/^Error: The registry gave no list of the releases .* ECONNREFUSED$/);
		expect([tried, asked]).toEqual([[], 2]);
	});

	it.each([
		['is none', { error: { code: 'E404' } }],
		['is empty', []],
		['lacks the release that is in use', [OLDER, ...NEWER]],
	])('is over when the list %s: it is not the whole one', async (_what, versions) => {
		const { found, tried } = await search({ versions });
		expect(found).toBeInstanceOf(Error);
		expect(tried).toEqual([]);
	});
});

describe('EMAIL_INTEL_N8N', () => {
	const before = process.env.EMAIL_INTEL_N8N;
	afterEach(() => {
		if (before === undefined) delete process.env.EMAIL_INTEL_N8N;
		else process.env.EMAIL_INTEL_N8N = before;
	});

	it.each([
		[undefined, N8N_VERSION],
		['', N8N_VERSION],
		['newest', 'newest'],
		['2.41.1', '2.41.1'],
		['3.0.0-rc.1', '3.0.0-rc.1'],
	])('%s means %s', (set, wanted) => {
		expect(wantedN8n(set === undefined ? {} : { EMAIL_INTEL_N8N: set })).toBe(wanted);
	});

	it.each(['latest', '2.41', '../../x', '2.41.1; rm -rf x', '>=2'])(
		'%s is refused, and what is right is said',
		(set) => {
			expect(() => wantedN8n({ EMAIL_INTEL_N8N: set })).toThrow(/Set it to 'newest' or to an exact version like/);
		},
	);

	it('holds for what a run starts, once the newest is found', async () => {
		process.env.EMAIL_INTEL_N8N = 'newest';
		const registry: Registry = { versions: async () => [N8N_VERSION], manifest: async () => FITS };
		expect(await chooseN8n(() => {}, registry)).toBe(N8N_VERSION);
		expect(process.env.EMAIL_INTEL_N8N).toBe(N8N_VERSION);
	});

	it('with an exact version asks nobody', async () => {
		process.env.EMAIL_INTEL_N8N = NEWER[0];
		const nobody = async () => await Promise.reject(new Error('asked'));
		expect(await chooseN8n(() => {}, { versions: nobody, manifest: nobody })).toBe(NEWER[0]);
	});
});

describe('ranges of Node, as packages write them', () => {
	it.each([
		['24.21.0', '>=24.0.0', true],
		['22.19.0', '>=24.0.0', false],
		['24.21.0', '>= 22.16 < 25', true],
		['25.0.0', '>=22.16 <25', false],
		['24.21.0', '^22.19 || ^24.1', true],
		['24.0.9', '^22.19 || ^24.1', false],
		['24.21.0', '~24.21', true],
		['24.22.0', '~24.21.3', false],
		['24.21.0', '24.x', true],
		['24.21.0', '22 || 24', true],
		['24.21.0', '>24', false],
		['25.0.0', '>24', true],
		['24.21.0', '<=24', true],
		['24.21.0', '*', true],
		['24.21.0', '20 - 24', undefined],
		['24.21.0', '20 - 22 || >=24', true],
		['24.21.0', 'lts', undefined],
	])('%s in %s: %s', (version, range, expected) => {
		expect(satisfies(version, range)).toBe(expected);
	});
});
