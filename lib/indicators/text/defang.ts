/** What a form can be written for. `network` is an address with `/prefix`. */
export type DefangKind = 'url' | 'domain' | 'email' | 'ipv4' | 'ipv6' | 'network';

interface Parts {
	kind: DefangKind;
	/** `https`, for a URL. */
	scheme: string;
	/** Local part or userinfo, without the sign. */
	local: string;
	host: string;
	/** Port, path, query, prefix length. */
	rest: string;
}

interface Form {
	kinds: readonly DefangKind[];
	write: (parts: Parts) => string;
}

const dotted: readonly DefangKind[] = ['url', 'domain', 'email', 'ipv4', 'network'];
const weakly: readonly DefangKind[] = ['domain', 'email'];

const whole = ({ scheme, local, host, rest }: Parts): string =>
	`${scheme === '' ? '' : `${scheme}://`}${local === '' ? '' : `${local}@`}${host}${rest}`;
const dots = (written: string, kinds: readonly DefangKind[] = dotted): Form => ({
	kinds,
	write: (parts) => whole({ ...parts, host: parts.host.replaceAll('.', written) }),
});
const at = (written: string, dot = '.'): Form => ({
	kinds: ['email'],
	write: ({ local, host, rest }) => `${local}${written}${host.replaceAll('.', dot)}${rest}`,
});
const scheme = (write: (secure: 's' | '') => string, separator = '://'): Form => ({
	kinds: ['url'],
	write: (parts) => `${write(parts.scheme.endsWith('s') ? 's' : '')}${separator}${whole({ ...parts, scheme: '' })}`,
});

/** Every spelling that {@link refang} reads, by name. */
export const DEFANG_FORMS = {
	hxxp: scheme((s) => `hxxp${s}`),
	hXXp: scheme((s) => `hXXp${s}`),
	'h**p': scheme((s) => `h**p${s}`),
	h__p: scheme((s) => `h__p${s}`),
	'h[tt]p': scheme((s) => `h[tt]p${s}`),
	'[http]': scheme((s) => `[http${s}]`),
	meow: scheme((s) => `meow${s}`),
	xxxx: scheme((s) => `xxxx${s}`),
	'http[:]//': scheme((s) => `http${s}`, '[:]//'),
	'http[://]': scheme((s) => `http${s}`, '[://]'),
	'hxxp:/': scheme((s) => `hxxp${s}`, ':/'),
	'http://_': scheme((s) => `http${s}`, ':// '),
	'http:\\\\': scheme((s) => `http${s}`, ':\\\\'),
	http__: scheme((s) => `http${s}`, '__'),
	'[.]': dots('[.]'),
	'(.)': dots('(.)'),
	'{.}': dots('{.}'),
	'<.>': dots('<.>'),
	'[dot]': dots('[dot]'),
	'(dot)': dots('(dot)'),
	'{dot}': dots('{dot}'),
	'[d]': dots('[d]'),
	'[,]': dots('[,]'),
	'[punto]': dots('[punto]'),
	'(punkt)': dots('(punkt)'),
	'[.': dots('[.'),
	'.]': dots('.]'),
	'\\.': dots('\\.'),
	'^.': dots('^.'),
	'_[.]_': dots(' [.] '),
	'%2E': dots('%2E', ['url', 'domain', 'email', 'ipv4', 'network']),
	'\uff0e': dots('\uff0e'),
	'\u3002': dots('\u3002'),
	'\uff61': dots('\uff61'),
	'\u30fb': dots('\u30fb'),
	_dot_: dots(' dot ', weakly),
	_DOT_: dots(' DOT ', weakly),
	'_._': dots(' . ', weakly),
	'-dot-': dots('-dot-', ['domain']),
	',': dots(',', weakly),
	'[@]': at('[@]'),
	'(at)': at('(at)', '(dot)'),
	'[at]': at('[at]', '[.]'),
	'{@}': at('{@}', '{.}'),
	'_<at>_': at(' <at> '),
	'(arroba)': at('(arroba)', '(punto)'),
	'\uff20': at('\uff20'),
	_at_: at(' at ', ' dot '),
	_AT_: at(' AT ', ' DOT '),
	'[:]': {
		kinds: ['ipv6', 'network'],
		write: (parts) => whole({ ...parts, host: parts.host.replaceAll(':', '[:]') }),
	},
	'[/]': {
		kinds: ['url', 'network'],
		write: (parts) =>
			whole({ ...parts, host: parts.host.replaceAll('.', '[.]'), rest: parts.rest.replace('/', '[/]') }),
	},
} as const satisfies Record<string, Form>;

/** Name of a spelling; `_` in it stands for a blank. */
export type DefangForm = keyof typeof DEFANG_FORMS;

/**
 * Writes a URL, name, address or network so that nothing opens it. Without a form: `hxxp`, `[.]`, `[@]` and, for IPv6, `[:]`.
 * A value that the form has no way to write (see `DEFANG_FORMS`) comes back as it is.
 */
export function defang(value: string, form?: DefangForm): string {
	const parts = partsOf(value);
	if (form !== undefined) {
		const { kinds, write }: Form = DEFANG_FORMS[form];
		return kinds.includes(parts.kind) ? write(parts) : value;
	}
	const { scheme: written, local, host, rest } = parts;
	const opening = written === '' ? '' : `${written.replace(/^http/i, 'hxxp').replace(/^ftp/i, 'fxp')}://`;
	return `${opening}${local === '' ? '' : `${local}${written === '' ? '[@]' : '@'}`}${host.replaceAll('.', '[.]').replaceAll(':', '[:]')}${rest}`;
}

/** What kind of value it is, by its shape alone. */
export function defangKindOf(value: string): DefangKind {
	return partsOf(value).kind;
}

function partsOf(value: string): Parts {
	const url = /^([a-z][a-z0-9+.-]*):\/\/(?:([^/?#@]*)@)?(\[[^\]]*\]|[^/?#:]*)/i.exec(value);
	if (url !== null) {
		const [opening, written = '', local = '', host = ''] = url;
		return { kind: 'url', scheme: written, local, host, rest: value.slice(opening.length) };
	}
	const slash = value.indexOf('/');
	const host = slash < 0 ? value : value.slice(0, slash);
	const rest = slash < 0 ? '' : value.slice(slash);
	if (/^\d+(?:\.\d+){3}$/.test(host))
		return { kind: slash < 0 ? 'ipv4' : 'network', scheme: '', local: '', host, rest };
	if (host.includes(':')) return { kind: slash < 0 ? 'ipv6' : 'network', scheme: '', local: '', host, rest };
	const sign = value.lastIndexOf('@');
	if (sign >= 0)
		return { kind: 'email', scheme: '', local: value.slice(0, sign), host: value.slice(sign + 1), rest: '' };
	return { kind: 'domain', scheme: '', local: '', host, rest };
}
