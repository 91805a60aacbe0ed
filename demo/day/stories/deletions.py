"""Posts that are deleted: one after it was alerted, one before anybody cared."""

from __future__ import annotations

from demo.day.lines import removal_line
from demo.day.stage import Stage, Story, together
from demo.day.stories.complaint import with_reach, without_reach
from demo.day.truth import Struck

MUSEUM = "louvre"


def tell(stage: Stage) -> Story:
    """The first is alerted once and struck when it goes; counters of the second come too late."""
    return together(_after_alert(stage), _before_alert(stage))


def _after_alert(stage: Stage) -> Story:
    post = stage.write(
        "Terrible experience at the Louvre: rude staff, awful toilets, disgraceful prices. "
        "Never again. #Louvre",
        "en",
        stage.clock(MUSEUM, "09:25"),
        followers=stage.about(41_000),
    )
    told = with_reach(MUSEUM, post, "a complaint by about 41,000 followers, deleted later")
    struck = Struck(museum_id=MUSEUM, story_id=post.post_id, gone="rude staff, awful toilets")
    removal = removal_line(post, stage.clock(MUSEUM, "20:30"))
    return together(told, Story(lines=(removal,), struck=(struck,)))


def _before_alert(stage: Stage) -> Story:
    museum_id = "british-museum"
    post = stage.write(
        "Horrible crowd, awful café, the worst day out. #BritishMuseum",
        "en",
        stage.clock(museum_id, "10:30"),
        followers=stage.about(300),
    )
    told = without_reach(stage, post, "spreads only after its author deleted it")
    removal = removal_line(post, stage.clock(museum_id, "15:10"))
    late = stage.looks(post, [(9, 350), (11, 800)], gone=True)
    return together(told, Story(lines=(removal, *late)))
