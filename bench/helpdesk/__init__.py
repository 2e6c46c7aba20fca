"""django-helpdesk as its own guide sets it up: what `python -m bench desk --helpdesk` stands beside ours."""
