#compdef jzbf
# zsh completion of jzbf: jzbf completion zsh > DIR/_jzbf, with DIR in $fpath
_jzbf() {
	local line value
	local -a offers
	for line in "${(@f)$(jzbf complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
		case $line in
		(:file) _files ;;
		(:dir) _files -/ ;;
		(?*)
			value=${line%%$'\t'*}
			offers+=("${value//:/\\:}:${line#*$'\t'}")
			;;
		esac
	done
	(( $#offers )) && _describe jzbf offers
}
if [ "$funcstack[1]" = _jzbf ]; then
	_jzbf "$@"
else
	compdef _jzbf jzbf
fi
