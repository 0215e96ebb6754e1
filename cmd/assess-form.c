/* assess: the form, the answers as a record keeps them, what is filled in. */
#include "cmd/assess.h"

#include <stdio.h>
#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"
#include "lib/model/label.h"

void jz_assess_form(const struct jz_instrument *instrument)
{
	const struct jz_scale *scale = jz_instrument_scale(instrument, NULL);

	printf("# %s (%s, %s)\n", jz_text(instrument->title), instrument->id,
	       instrument->key_version);
	if (jz_text(instrument->question))
		printf("# %s\n", jz_text(instrument->question));
	for (size_t i = 0; i < instrument->scale_count; i++) {
		const struct jz_scale *s = &instrument->scales[i];

		printf("# %s%s:", _("scale "), s->id);
		for (int value = s->min; value <= s->max; value++) {
			const char *label = jz_scale_label(s, value);

			printf(" %d%s%s", value, label ? " " : "", label ? label : "");
		}
		putchar('\n');
	}
	if (!scale)
		printf("# %s\n", _("name the scale with --scale"));
	printf("# %s\n", _("leave an item empty where it was not answered"));
	for (unsigned number = 1; number <= instrument->asked; number++) {
		const char *text = jz_text(jz_instrument_item(instrument, number)->text);

		if (text)
			printf("# %s\n", text);
		printf("'%u':\n", number);
	}
}

struct jz_node *jz_assess_node(struct jz_arena *arena, const struct jz_answers *answers)
{
	struct jz_node *map = jz_node_map(arena);

	for (unsigned number = 1; number <= answers->instrument->asked; number++) {
		int16_t value = answers->values[number - 1];
		char key[16];

		if (value == JZ_NO_ANSWER &&
		    !jz_instrument_item(answers->instrument, number)->scored)
			continue;
		snprintf(key, sizeof(key), "%u", number);
		jz_map_set(arena, map, key,
			   value == JZ_NO_ANSWER ? jz_node_null(arena) : jz_node_int(arena, value));
	}
	return map;
}

void jz_assess_derive(struct jz_change *change, struct jz_work *work,
		      const struct jz_instrument *instrument, const char *mode)
{
	char today[11];

	jz_date_format(work->today, today);
	jz_work_default(change, work, "instrument", instrument->id);
	jz_work_default(change, work, "key_version", instrument->key_version);
	jz_work_default(change, work, "purpose", "psych_screen");
	jz_work_default(change, work, "date", today);
	if (jz_is(work->item, "date", today))
		jz_work_default_now(change, work, "at");
	if (mode)
		jz_work_default(change, work, "mode", mode);
	jz_work_default(change, work, "by", work->me);
}
