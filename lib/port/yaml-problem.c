/* What libyaml says when it refuses a source, so that it can be translated. */
#include "lib/port/yaml-impl.h"

#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"

static const char *const problems[] = {
	N_("could not find expected ':'"),
	N_("found unexpected ':'"),
	N_("found unknown directive name"),
	N_("found extremely long version number"),
	N_("did not find expected version number"),
	N_("did not find expected digit or '.' character"),
	N_("could not find expected directive name"),
	N_("found unexpected non-alphabetical character"),
	N_("did not find expected whitespace"),
	N_("did not find expected whitespace or line break"),
	N_("did not find expected comment or line break"),
	N_("did not find expected alphabetic or numeric character"),
	N_("did not find expected '!'"),
	N_("did not find expected tag URI"),
	N_("did not find the expected '>'"),
	N_("did not find URI escaped octet"),
	N_("found an incorrect leading UTF-8 octet"),
	N_("found an incorrect trailing UTF-8 octet"),
	N_("found undefined tag handle"),
	N_("found a tab character where an indentation space is expected"),
	N_("found a tab character that violates indentation"),
	N_("found an indentation indicator equal to 0"),
	N_("found unexpected document indicator"),
	N_("found unexpected end of stream"),
	N_("found unknown escape character"),
	N_("did not find expected hexdecimal number"),
	N_("found invalid Unicode character escape code"),
	N_("block sequence entries are not allowed in this context"),
	N_("mapping keys are not allowed in this context"),
	N_("mapping values are not allowed in this context"),
	N_("found character that cannot start any token"),
	N_("found duplicate %YAML directive"),
	N_("found duplicate %TAG directive"),
	N_("found incompatible YAML document"),
	N_("did not find expected <document start>"),
	N_("did not find expected node content"),
	N_("did not find expected '-' indicator"),
	N_("did not find expected key"),
	N_("did not find expected ',' or ']'"),
	N_("did not find expected ',' or '}'"),
	N_("control characters are not allowed"),
};

const char *jz_yaml_problem(const char *problem)
{
	for (size_t i = 0; problem && i < JZ_COUNT(problems); i++)
		if (!strcmp(problem, problems[i]))
			return _(problems[i]);
	return problem ? problem : _("cannot be read");
}
