/** STIX 2.1 section 6.17 wants the hive in full, and not abbreviated. */
const HIVES: ReadonlyMap<string, string> = new Map([
	['HKCC', 'HKEY_CURRENT_CONFIG'],
	['HKCR', 'HKEY_CLASSES_ROOT'],
	['HKCU', 'HKEY_CURRENT_USER'],
	['HKLM', 'HKEY_LOCAL_MACHINE'],
	['HKU', 'HKEY_USERS'],
]);
const FULL_HIVES: ReadonlySet<string> = new Set([...HIVES.values(), 'HKEY_PERFORMANCE_DATA', 'HKEY_DYN_DATA']);

/** Names have 255 characters, and no backslash (Microsoft: registry element size limits). */
const NAME = /^[^\\\x00-\x1f\x7f]{1,255}$/;
const MOST_NAMES = 512;

/**
 * The key of a Windows registry with its hive in full: `HKEY_LOCAL_MACHINE\Software\Example`; of `HKLM:\Software`, as PowerShell writes it,
 * too. The case of names is kept, for the registry keeps it and does not mind it. Undefined for what is none, and for a hive alone.
 */
export function registryKeyValue(text: string): string | undefined {
	const [first = '', ...names] = text
		.trim()
		.split('\\')
		.filter((name) => name !== '');
	const written = first.replace(/:$/, '').toUpperCase();
	const hive = HIVES.get(written) ?? (FULL_HIVES.has(written) ? written : undefined);
	if (hive === undefined || names.length === 0 || names.length > MOST_NAMES) return undefined;
	return names.every((name) => NAME.test(name)) ? [hive, ...names].join('\\') : undefined;
}
