#compdef jzbf
# zsh completion of jzbf: jzbf completion zsh > DIR/_jzbf, with DIR in $fpath
_jzbf() {
	local line value
	local -a offers more
	for line in "${(@f)$(jzbf complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
		case $line in
		(:file) _files ;;
		(:dir) _files -/ ;;
		(?*)
			value=${line%%$'\t'*}
			line=${value//:/\\:}:${line#*$'\t'}
			if [[ $value = *[.=] ]]; then more+=("$line"); else offers+=("$line"); fi
			;;
		esac
	done
	(( $#offers )) && _describe jzbf offers
	(( $#more )) && _describe jzbf more -S ''
}
if [ "$funcstack[1]" = _jzbf ]; then
	_jzbf "$@"
else
	compdef _jzbf jzbf
fi
