/** The n8n release that the pack is tested with. */
export const N8N_VERSION = '2.40.7';

/** What `EMAIL_INTEL_N8N` says for the newest release that installs and starts here. */
export const NEWEST = 'newest';

/** Releases that are installed and started at most, before the search ends as a failure. Each takes minutes and 3 GB. */
const TRIED_AT_MOST = 3;
/** Releases that the registry is asked about at most. */
const ASKED_AT_MOST = 20;

/** Also a part of a folder's name: nothing else may stand in it. */
const EXACT = /^\d{1,6}\.\d{1,6}\.\d{1,6}(?:-[\w.]{1,40})?$/;
const RELEASE = /^\d{1,6}\.\d{1,6}\.\d{1,6}$/;

/** Which n8n the lab runs: an exact version, or {@link NEWEST}. `EMAIL_INTEL_N8N` names it; without it, the pinned one. */
export function wantedN8n(env: NodeJS.ProcessEnv = process.env): string {
	const wanted = env.EMAIL_INTEL_N8N ?? '';
	if (wanted === '') return N8N_VERSION;
	if (wanted === NEWEST || EXACT.test(wanted)) return wanted;
	throw new Error(
		`EMAIL_INTEL_N8N is '${wanted}'. Set it to '${NEWEST}' or to an exact version like ${N8N_VERSION}, or leave it out for ${N8N_VERSION}.`,
	);
}

/** What the registry knows of one release. */
export interface Manifest {
	engines?: { node?: string } | undefined;
	/** The commands that it brings. A package without any is no server. */
	bin?: unknown;
	/** Why its makers advise against it. */
	deprecated?: string | undefined;
}

/** Who answers questions about n8n's releases: npm, or a test. */
export interface Registry {
	/** All versions, in any order. */
	versions(): Promise<string[]>;
	manifest(version: string): Promise<Manifest>;
}

export interface Search {
	registry: Registry;
	/** The version of Node that n8n would run under. */
	node: string;
	/** Installs a release and starts it, alone; throws when either fails. */
	tryOut(version: string): Promise<void>;
	report(text: string): void;
}

/**
 * The newest release that installs and starts here: no pre-release, made for this Node, with a command to start, not
 * deprecated. One that fails twice makes room for the next older one; every failure is reported. It is the pinned one,
 * untried, when no newer one is left.
 *
 * @throws Error when the registry does not answer twice, or not with the whole list, or when too many releases fail
 */
export async function newestN8n({ registry, node, tryOut, report }: Search): Promise<string> {
	const versions = await twice('The registry gave no list of the releases of n8n', report, async () =>
		wholeList(await registry.versions()),
	);
	const newer = versions.filter((version) => RELEASE.test(version) && compare(version, N8N_VERSION) > 0);
	newer.sort((a, b) => compare(b, a));
	report(
		`n8n ${N8N_VERSION} is the pinned one; ${newer.length === 0 ? 'the registry has none that is newer' : `newer ones in the registry: ${newer.slice(0, 5).join(', ')}${newer.length > 5 ? ', …' : ''}`}`,
	);
	let tried = 0;
	for (const [index, version] of newer.entries()) {
		if (index === ASKED_AT_MOST || tried === TRIED_AT_MOST)
			throw new Error(
				`None of the newest ${index} releases of n8n, ${newer[0]} to ${newer[index - 1]}, installs and starts here. The reasons stand above.`,
			);
		const manifest = await twice(`The registry did not describe n8n ${version}`, report, async () =>
			described(await registry.manifest(version)),
		);
		const reason = unfit(manifest, node);
		if (reason !== undefined) {
			report(`n8n ${version} is left out: ${reason}`);
			continue;
		}
		tried++;
		try {
			await twice(`n8n ${version} did not install or start`, report, async () => await tryOut(version));
			return version;
		} catch (error) {
			report(`${(error as Error).message}\nn8n ${version} is given up`);
		}
	}
	return N8N_VERSION;
}

/** Why a release is not even tried; undefined when nothing is known against it. */
function unfit(manifest: Manifest, node: string): string | undefined {
	const range = manifest.engines?.node;
	if (range !== undefined && satisfies(node, range) === false) return `it needs Node ${range}, and this is ${node}`;
	if (manifest.bin === undefined) return 'it brings no command to start';
	if (manifest.deprecated !== undefined) return `its makers advise against it: ${manifest.deprecated}`;
	return undefined;
}

/** A list without the release that is in use is not the whole list. */
function wholeList(versions: unknown): string[] {
	if (!Array.isArray(versions) || !versions.every((version) => typeof version === 'string'))
		throw new Error('its answer is no list of versions');
	if (!versions.includes(N8N_VERSION))
		throw new Error(`its list of ${versions.length} versions lacks ${N8N_VERSION}, the one in use`);
	return versions;
}

function described(manifest: unknown): Manifest {
	if (typeof manifest !== 'object' || manifest === null) throw new Error('its answer is no description');
	return manifest;
}

/** Nothing is believed at once: a second try decides. The first failure is reported, the second one thrown. */
async function twice<T>(failure: string, report: Search['report'], act: () => Promise<T>): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await act();
		} catch (error) {
			const told = `${failure} (${attempt === 1 ? 'first' : 'second'} try): ${error instanceof Error ? error.message : String(error)}`;
			if (attempt === 2) throw new Error(told, { cause: error });
			report(`${told}\nOnce more`);
		}
	}
}

const partsOf = (version: string): number[] => version.split('.').map(Number);

/** Of two releases: above 0 when `a` is the newer one. */
export function compare(a: string, b: string): number {
	const [left, right] = [partsOf(a), partsOf(b)];
	for (let at = 0; at < 3; at++) {
		const difference = (left[at] ?? 0) - (right[at] ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
}

/**
 * Whether a version lies in a range of npm, as packages write `engines.node`: `>=22.16 <25`, `^22 || >=24`, `24.x`. Undefined
 * for what is written in another way: then trying tells.
 */
export function satisfies(version: string, range: string): boolean | undefined {
	const answers = range.split('||').map((alternative) => {
		const comparators = alternative
			.replaceAll(/(>=|<=|[<>=^~])\s+/g, '$1')
			.split(/\s+/)
			.filter((comparator) => comparator !== '');
		const single = comparators.map((comparator) => satisfiesOne(version, comparator));
		return single.includes(undefined) ? undefined : !single.includes(false);
	});
	if (answers.includes(true)) return true;
	return answers.includes(undefined) ? undefined : false;
}

function satisfiesOne(version: string, comparator: string): boolean | undefined {
	const [, operator, text] = /^(>=|<=|[<>=^~])?v?(\d+(?:\.\d+){0,2}|\*)(?:\.[x*]){0,2}$/.exec(comparator) ?? [];
	if (text === undefined) return undefined;
	if (text === '*') return true;
	const given = partsOf(text);
	const order = compare(version, text);
	const sameParts = (count: number) => partsOf(version).slice(0, count).join('.') === given.slice(0, count).join('.');
	switch (operator ?? '=') {
		case '>=':
			return order >= 0;
		case '<':
			return order < 0;
		case '>':
			return order > 0 && !sameParts(given.length);
		case '<=':
			return order <= 0 || sameParts(given.length);
		case '^':
			return order >= 0 && sameParts(1);
		case '~':
			return order >= 0 && sameParts(Math.min(given.length, 2));
		default:
			return sameParts(given.length);
	}
}
