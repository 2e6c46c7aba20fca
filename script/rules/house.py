"""What each rule of house.yaml must find, and what it must leave alone. Never imported."""

# ruleid: no-page-without-a-form-token
from django.views.decorators.csrf import csrf_exempt


# ruleid: no-page-without-a-form-token
@csrf_exempt
def open_to_all(request):
    # ruleid: no-uploads
    return request.FILES


# ruleid: no-text-called-safe
from django.utils.safestring import mark_safe

# ruleid: no-text-called-safe
trusted = mark_safe("<b>")
# ruleid: no-text-called-safe
as_trusted = SafeString(trusted)
# ok: no-text-called-safe
nothing: SafeString = SafeString("")


def page(request, pk, user):
    # ruleid: no-stories-past-the-doors
    found = Enquiry.objects.filter(reference="x")
    # ruleid: no-stories-past-the-doors
    get_object_or_404(Enquiry.objects, pk=pk)
    # ruleid: no-stories-past-the-doors
    Resident._default_manager.first()
    # ok: no-stories-past-the-doors
    Enquiry.objects.visible_to(user).get(pk=pk)
    # ok: no-stories-past-the-doors
    get_object_or_404(Booking.objects.for_page(), private_key=pk)
    # ok: no-stories-past-the-doors
    Hub.objects.filter(pk=pk)
    # ok: no-uploads
    request.POST
    return found


# ruleid: no-uploads
letter = models.FileField()

# ruleid: no-text-that-is-run
import pickle

# ruleid: no-text-that-is-run
eval("1")

# ruleid: no-text-that-is-run
run = eval

# ruleid: no-text-that-is-run
from marshal import loads

# ruleid: no-text-that-is-run
from django.template.base import Template

# ruleid: no-uploads
from django.forms import FileField

# ruleid: no-other-programs
import subprocess as programs

# ruleid: no-other-programs
import subprocess

# ruleid: no-other-programs
os.system("ls")
